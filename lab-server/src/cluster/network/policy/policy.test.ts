import { describe, expect, it } from 'vitest'
import type { Namespace, NetworkPolicy } from '../../objects/types.ts'
import { makePod, makePolicy } from '../testing/objects.ts'
import { compilePolicies, type PolicyPod, policyPod } from './compile.ts'
import { isAllowed } from './verdict.ts'

const ips = {
  backend: '127.42.0.2',
  frontend: '127.42.0.4',
  postgres: '127.42.0.6',
  controller: '127.42.0.254',
  dns: '127.43.0.10',
}
const pods = [
  makePod('backend-1', ips.backend, { app: 'backend' }),
  makePod('frontend-1', ips.frontend, { app: 'frontend' }),
  makePod('postgres-1', ips.postgres, { app: 'postgres' }),
].flatMap((pod) => policyPod(pod) ?? [])
const infrastructure: PolicyPod[] = [
  { namespace: 'ingress-nginx', labels: { app: 'controller' }, ip: ips.controller, namedPorts: [] },
  { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, ip: ips.dns, namedPorts: [] },
]
const namespaces: Namespace[] = ['taskmaster', 'ingress-nginx', 'kube-system'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
}))

function verdict(
  policies: NetworkPolicy[],
  source: keyof typeof ips,
  destination: keyof typeof ips,
  port: number,
  protocol: 'TCP' | 'UDP' = 'TCP',
) {
  const table = compilePolicies({ policies, namespaces, pods: [...pods, ...infrastructure] })
  return isAllowed(table, { sourceIp: ips[source], destinationIp: ips[destination], port, protocol })
}

const toPostgres = (app: string, port: number | string = 5432) =>
  makePolicy('allow-backend-to-postgres', {
    podSelector: { matchLabels: { app: 'postgres' } },
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ podSelector: { matchLabels: { app } } }],
        ports: [{ port: port as unknown as number, protocol: 'TCP' }],
      },
    ],
  })

describe('network policies', () => {
  it('leave pods open that no policy selects', () => {
    expect(verdict([], 'frontend', 'postgres', 5432)).toBe(true)
    expect(verdict([toPostgres('backend')], 'frontend', 'backend', 5000)).toBe(true)
  })

  it('deny everything to a pod that is selected without rules', () => {
    const denyAll = makePolicy('deny', { podSelector: { matchLabels: { app: 'backend' } }, policyTypes: ['Ingress'] })
    expect(verdict([denyAll], 'controller', 'backend', 5000)).toBe(false)
    expect(verdict([denyAll], 'backend', 'postgres', 5432)).toBe(true)
    expect(verdict([denyAll], 'backend', 'backend', 5000)).toBe(true)
  })

  it('admit only the client and the port that they name', () => {
    expect(verdict([toPostgres('backend')], 'backend', 'postgres', 5432)).toBe(true)
    expect(verdict([toPostgres('backend')], 'frontend', 'postgres', 5432)).toBe(false)
    expect(verdict([toPostgres('backend-api')], 'backend', 'postgres', 5432)).toBe(false)
    expect(verdict([toPostgres('backend', 5433)], 'backend', 'postgres', 5432)).toBe(false)
  })

  it('add up: what one of them admits is admitted', () => {
    expect(verdict([toPostgres('frontend'), toPostgres('backend')], 'backend', 'postgres', 5432)).toBe(true)
  })

  it('know the namespace of the ingress controller', () => {
    const fromNamespace = (name: string) =>
      makePolicy('allow-ingress', {
        podSelector: { matchLabels: { app: 'backend' } },
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }] }],
      })
    expect(verdict([fromNamespace('ingress-nginx')], 'controller', 'backend', 5000)).toBe(true)
    expect(verdict([fromNamespace('ingress')], 'controller', 'backend', 5000)).toBe(false)
    expect(verdict([fromNamespace('ingress-nginx')], 'frontend', 'backend', 5000)).toBe(false)
  })

  it('hold back DNS when egress does not name it', () => {
    const egress = (hasDns: boolean) =>
      makePolicy('backend-egress', {
        podSelector: { matchLabels: { app: 'backend' } },
        policyTypes: ['Egress'],
        egress: [
          ...(hasDns ? [{ to: [{ namespaceSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] }] : []),
          { to: [{ podSelector: { matchLabels: { app: 'postgres' } } }], ports: [{ port: 5432 }] },
        ],
      })
    expect(verdict([egress(true)], 'backend', 'dns', 53, 'UDP')).toBe(true)
    expect(verdict([egress(true)], 'backend', 'dns', 53, 'TCP')).toBe(false)
    expect(verdict([egress(false)], 'backend', 'dns', 53, 'UDP')).toBe(false)
    expect(verdict([egress(false)], 'backend', 'postgres', 5432)).toBe(true)
    expect(verdict([egress(false)], 'backend', 'frontend', 80)).toBe(false)
  })

  it('read named ports at the destination, and address blocks with their exceptions', () => {
    const named = makePolicy('named', {
      podSelector: { matchLabels: { app: 'frontend' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'http' as unknown as number }] }],
    })
    expect(verdict([named], 'backend', 'frontend', 80)).toBe(true)
    expect(verdict([named], 'backend', 'frontend', 81)).toBe(false)
    const block = makePolicy('block', {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ ipBlock: { cidr: '127.42.0.0/24', except: [`${ips.frontend}/32`] } }] }],
    })
    expect(verdict([block], 'backend', 'postgres', 5432)).toBe(true)
    expect(verdict([block], 'frontend', 'postgres', 5432)).toBe(false)
  })

  it('isolate egress only when the policy says so, as the API defaults it', () => {
    const implicit = makePolicy('implicit', { podSelector: {}, egress: [] })
    expect(verdict([implicit], 'backend', 'postgres', 5432)).toBe(false)
  })
})
