import { expect, test } from 'vitest'
import { openStore } from '../store/store.ts'
import { reclaimAddresses } from './reclaim-addresses.ts'

const service = (name: string, clusterIP: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'd' },
  spec: { clusterIP, clusterIPs: [clusterIP] },
})

test('Services of a cluster that comes back to another range get addresses of that range', () => {
  const store = openStore()
  store.create('services', 'd/a', service('a', '127.43.0.16'))
  store.create('services', 'd/b', service('b', '127.43.9.20'))
  store.create('services', 'd/headless', service('headless', 'None'))
  const claimed: string[] = []
  reclaimAddresses(store, {
    claimServiceIp(wanted) {
      if (wanted !== undefined && !wanted.startsWith('127.43.9.')) throw new Error('not in the valid range')
      const address = wanted ?? '127.43.9.77'
      claimed.push(address)
      return address
    },
    releaseServiceIp() {},
  })
  const addressOf = (name: string) =>
    (store.find('services', `d/${name}`) as unknown as { spec: { clusterIP: string } }).spec.clusterIP
  expect([addressOf('a'), addressOf('b'), addressOf('headless')]).toEqual(['127.43.9.77', '127.43.9.20', 'None'])
  expect(claimed).toEqual(['127.43.9.77', '127.43.9.20'])
})
