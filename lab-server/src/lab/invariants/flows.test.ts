import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { NetworkFlow } from '../scenarios/scenario.ts'
import { isFlowAllowed } from './flows.ts'

const policy = (spec: unknown) =>
  ({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'x' }, spec }) as KubeObject
const flow = (from: NetworkFlow['from'], app: string, port: number): NetworkFlow => ({
  from,
  to: { app },
  port,
  allowed: true,
})
const isOpen = (policies: KubeObject[], wanted: NetworkFlow) =>
  isFlowAllowed({ list: <T extends KubeObject>() => policies as T[] }, wanted, 'taskmaster')

const denyAll = policy({ podSelector: {}, policyTypes: ['Ingress'] })
const toDatabase = policy({
  podSelector: { matchLabels: { app: 'postgres' } },
  ingress: [{ from: [{ podSelector: { matchLabels: { app: 'backend' } } }], ports: [{ port: 5432 }] }],
})
const fromIngress = (name: string) =>
  policy({
    podSelector: { matchLabels: { app: 'backend' } },
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }] }],
  })

describe('a connection', () => {
  it('is open where no policy selects its ends', () => {
    expect(isOpen([], flow({}, 'postgres', 5432))).toBe(true)
    expect(isOpen([toDatabase], flow({}, 'backend', 5000))).toBe(true)
  })

  it('is open to those whom a policy names, on its port', () => {
    expect(isOpen([denyAll, toDatabase], flow({ app: 'backend' }, 'postgres', 5432))).toBe(true)
    expect(isOpen([denyAll, toDatabase], flow({ app: 'backend' }, 'postgres', 5433))).toBe(false)
    expect(isOpen([denyAll, toDatabase], flow({ app: 'frontend' }, 'postgres', 5432))).toBe(false)
    expect(isOpen([denyAll, toDatabase], flow({}, 'postgres', 5432))).toBe(false)
  })

  it('from the ingress controller needs its namespace', () => {
    expect(isOpen([denyAll, fromIngress('ingress-nginx')], flow('ingress', 'backend', 5000))).toBe(true)
    expect(isOpen([denyAll, fromIngress('ingress')], flow('ingress', 'backend', 5000))).toBe(false)
    expect(isOpen([denyAll, fromIngress('ingress-nginx')], flow({ app: 'frontend' }, 'backend', 5000))).toBe(false)
  })

  it('needs the way out as well', () => {
    const noEgress = policy({ podSelector: { matchLabels: { app: 'backend' } }, policyTypes: ['Egress'] })
    expect(isOpen([noEgress], flow({ app: 'backend' }, 'postgres', 5432))).toBe(false)
  })

  it('is open to all where a rule names no peer', () => {
    const everybody = policy({ podSelector: { matchLabels: { app: 'postgres' } }, ingress: [{}] })
    expect(isOpen([denyAll, everybody], flow({}, 'postgres', 5432))).toBe(true)
  })
})
