import { expect, it } from 'vitest'
import { inHashOrder } from './port-order.ts'

it('lists the ports of the cluster’s DNS as every cluster does', () => {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    { name: 'metrics', port: 9153, protocol: 'TCP' },
  ]
  expect(inHashOrder(ports).map(({ name }) => name)).toEqual(['dns-tcp', 'dns', 'metrics'])
})
