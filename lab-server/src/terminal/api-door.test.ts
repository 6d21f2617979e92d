import { expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { doorAddress, throughDoor } from './api-door.ts'

const kubeconfig = (server: string) => stringify({ clusters: [{ name: 'c', cluster: { server } }] })

it('leaves an API server on loopback where it is', () => {
  const text = kubeconfig('https://127.0.0.1:6443')
  expect(throughDoor(text, { host: '127.0.0.1', port: 6443 })).toBe(text)
})

it('reaches one elsewhere at loopback, under the name that its certificate has', () => {
  const apiServer = { host: 'api.example', port: 443 }
  expect(doorAddress(apiServer)).toEqual({ host: '127.0.0.1', port: 443 })
  expect(parse(throughDoor(kubeconfig('https://api.example/k8s/x'), apiServer)).clusters[0].cluster).toEqual({
    server: 'https://127.0.0.1:443/k8s/x',
    'tls-server-name': 'api.example',
  })
})
