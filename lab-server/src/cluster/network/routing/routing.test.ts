import { describe, expect, it } from 'vitest'
import { makeAddressPool } from '../address-pool.ts'
import { makeService, makeSlice } from '../testing/objects.ts'
import { hostPortOf, planPorts } from '../underlay/host-port.ts'
import { parseListeners } from './machine-ports.ts'
import { makePicker } from './pick-endpoint.ts'
import { endpointsOf, planRoutes } from './plan-routes.ts'
import { planRoute, type Ranges } from './route-table.ts'

const ranges: Ranges = {
  pods: ['127.42.3.'],
  services: '127.43.3.',
  nodeIps: ['127.42.3.1'],
  dnsIp: '127.43.3.10',
}
const first = (_key: string, route: { endpoints: { ip: string; port: number }[] }) => route.endpoints[0]

describe('planRoutes', () => {
  it('routes each port of a service to the number that its slice resolved', () => {
    const services = [makeService('backend-svc', { clusterIP: '127.43.3.20', ports: [{ port: 80, nodePort: 30_080 }] })]
    const { services: routes, nodePorts } = planRoutes(services, [makeSlice('backend-svc', 5000, ['127.42.3.2'])])
    expect(routes).toEqual({ '127.43.3.20:80/TCP': { endpoints: [{ ip: '127.42.3.2', port: 5000 }] } })
    expect(nodePorts['30080/TCP']).toEqual(routes['127.43.3.20:80/TCP'])
  })

  it('leaves out pods that are not ready, and keeps serving ones that end when no other is left', () => {
    const ready = { addresses: ['127.42.3.2'], conditions: { ready: true } }
    const unready = { addresses: ['127.42.3.3'], conditions: { ready: false } }
    const ending = { addresses: ['127.42.3.4'], conditions: { ready: false, serving: true, terminating: true } }
    expect(endpointsOf([makeSlice('s', 80, [ready, unready, ending])], {})).toEqual([{ ip: '127.42.3.2', port: 80 }])
    expect(endpointsOf([makeSlice('s', 80, [unready, ending])], {})).toEqual([{ ip: '127.42.3.4', port: 80 }])
  })

  it('has no routes for headless and external services', () => {
    const services = [
      makeService('a', { clusterIP: 'None', ports: [{ port: 80 }] }),
      makeService('b', { type: 'ExternalName', externalName: 'x' }),
    ]
    expect(planRoutes(services, []).services).toEqual({})
  })
})

describe('planRoute', () => {
  const table = {
    services: {
      '127.43.3.20:80/TCP': { endpoints: [{ ip: '127.42.3.2', port: 5000 }] },
      '127.43.3.21:80/TCP': { endpoints: [] },
      '127.43.3.1:443/TCP': { endpoints: [{ ip: '127.0.0.1', port: 6443 }] },
    },
    nodePorts: { '30080/TCP': { endpoints: [{ ip: '127.42.3.2', port: 5000 }] } },
    policies: { ingress: {}, egress: {} },
    machinePorts: [],
  }
  const route = (ip: string, port: number) => planRoute(table, ranges, { ip, port, protocol: 'TCP' }, first)

  it.each([
    ['a service to its endpoint', '127.43.3.20', 80, { kind: 'pod', ip: '127.42.3.2', port: 5000 }],
    ['the API service to this machine', '127.43.3.1', 443, { kind: 'host', ip: '127.0.0.1', port: 6443 }],
    ['a node port to an endpoint', '127.42.3.1', 30_080, { kind: 'pod', ip: '127.42.3.2', port: 5000 }],
    ['a pod to itself', '127.42.3.9', 80, { kind: 'pod', ip: '127.42.3.9', port: 80 }],
    ['DNS to its own address', '127.43.3.10', 53, { kind: 'pod', ip: '127.43.3.10', port: 53 }],
    ['a service without endpoints to nothing', '127.43.3.21', 80, { kind: 'refused' }],
    ['a port that the service does not have to nothing', '127.43.3.20', 81, { kind: 'refused' }],
    ["another cluster's pod nowhere", '127.42.4.2', 80, { kind: 'unreachable' }],
    ['the world nowhere', '203.0.113.1', 80, { kind: 'unreachable' }],
    ['the metadata address nowhere', '169.254.169.254', 80, { kind: 'unreachable' }],
  ])('leads %s', (_what, ip, port, expected) => {
    expect(route(ip, port)).toEqual(expected)
  })
})

describe('makePicker', () => {
  const route = { endpoints: [1, 2, 3].map((number) => ({ ip: `127.42.3.${number}`, port: 80 })) }

  it('spreads connections over all endpoints', () => {
    const pick = makePicker(() => 0)
    const chosen = Array.from({ length: 6 }, () => pick('k', route)?.ip)
    expect(new Set(chosen).size).toBe(3)
  })

  it('keeps a client at its endpoint until the affinity ends or the endpoint goes', () => {
    let now = 0
    const pick = makePicker(() => now)
    const sticky = { ...route, affinitySeconds: 10 }
    const before = pick('k', sticky, 'client')
    expect(Array.from({ length: 5 }, () => pick('k', sticky, 'client'))).toEqual(Array(5).fill(before))
    const others = { endpoints: route.endpoints.filter(({ ip }) => ip !== before?.ip), affinitySeconds: 10 }
    expect(pick('k', others, 'client')).not.toEqual(before)
    now = 60_000
    expect(route.endpoints).toContainEqual(pick('k', sticky, 'client'))
  })
})

describe('makeAddressPool', () => {
  const options = { first: 16, last: 18, cidr: '127.43.3.0/24', reserved: ['127.43.3.10'] }

  it('hands out each address once, and again after it was released', () => {
    const pool = makeAddressPool(options)
    expect([pool.claim(), pool.claim(), pool.claim()]).toEqual(['127.43.3.16', '127.43.3.17', '127.43.3.18'])
    expect(() => pool.claim()).toThrow('range 127.43.3.0/24 is full')
    pool.release('127.43.3.17')
    expect(pool.claim()).toBe('127.43.3.17')
  })

  it('gives a wanted address to the first who asks, and refuses one outside the range', () => {
    const pool = makeAddressPool(options)
    expect(pool.claim('127.43.3.10')).toBe('127.43.3.10')
    expect(() => pool.claim('127.43.3.10')).toThrow(
      'failed to allocate IP 127.43.3.10: provided IP is already allocated',
    )
    expect(() => pool.claim('10.0.0.1')).toThrow('is not in the valid range. The range of valid IPs is 127.43.3.0/24')
  })
})

describe('parseListeners', () => {
  it('finds those who listen, and where', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 02062A7F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 0100007F:1388 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
`
    expect(parseListeners(table)).toEqual([
      { address: '00000000', port: 8080 },
      { address: '02062A7F', port: 5000 },
    ])
  })
})

describe('hostPortOf', () => {
  it('moves ports that the machine forbids to ordinary users', () => {
    const ports = planPorts(1024, [])
    expect([80, 1023, 1024, 5432].map((port) => hostPortOf(port, ports))).toEqual([61_080, 62_023, 1024, 5432])
    expect([80, 5432].map((port) => hostPortOf(port, planPorts(0, [])))).toEqual([80, 5432])
    expect(hostPortOf(0, ports)).toBe(0)
  })

  it('moves ports that a server of the machine holds on all addresses', () => {
    const ports = planPorts(1024, [22, 5000, 61_080])
    expect(hostPortOf(5000, ports)).toBe(62_100)
    expect(hostPortOf(80, ports)).toBe(62_101)
    // Nobody binds 22 itself: low ports are elsewhere anyway.
    expect(hostPortOf(22, ports)).toBe(61_022)
    expect(hostPortOf(22, planPorts(0, [22]))).toBe(62_100)
  })
})
