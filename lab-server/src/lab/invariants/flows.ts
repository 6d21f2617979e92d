// INV-8: which pods may reach which, read from the policies by meaning. No policy is compared word for word, so
// every policy that lets the same connections through is right.
import type { KubeObject } from '../kubernetes/objects.ts'
import type { NetworkFlow } from '../scenarios/scenario.ts'
import type { Objects } from '../world/world.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

type Labels = Record<string, string>
interface Selector {
  matchLabels?: Labels
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}
interface Peer {
  podSelector?: Selector
  namespaceSelector?: Selector
  ipBlock?: { cidr: string }
}
interface Rule {
  from?: Peer[]
  to?: Peer[]
  ports?: { protocol?: string; port?: number | string; endPort?: number }[]
}
interface PolicySpec {
  podSelector?: Selector
  policyTypes?: string[]
  ingress?: Rule[]
  egress?: Rule[]
}
interface End {
  labels: Labels
  namespace: Labels
}

const ingressController: End = {
  labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
  namespace: { 'kubernetes.io/metadata.name': 'ingress-nginx' },
}

/** Connections that the scenario names are possible, or not, as it says. */
export const flowsInvariant: Invariant = {
  id: 'INV-8',
  title: 'Only the connections that are needed are open',
  isAskedFor: ({ flows = [] }) => flows.length > 0,
  evaluate({ objects, baseline }, { flows = [] }) {
    const space = Object.values(baseline.objects).find(({ kind }) => kind === 'Namespace')?.metadata.name ?? ''
    const wrong = flows.filter((flow) => isFlowAllowed(objects, flow, space) !== flow.allowed)
    const problems = wrong.map((flow) => `${describeFlow(flow)} is ${flow.allowed ? 'blocked' : 'open'}`)
    return outcomeOf('needed connections are open, others blocked', problems, `${flows.length} connections as needed`)
  },
}

function describeFlow({ from, to, port }: NetworkFlow): string {
  return `the way from ${from === 'ingress' ? 'the ingress controller' : named(from)} to ${named(to)} on port ${port}`
}

function named(labels: Labels): string {
  const entries = Object.entries(labels)
  return entries.length === 0 ? 'any other pod' : entries.map(([key, value]) => `${key}=${value}`).join(',')
}

/** Whether the policies of the namespace let the connection through at both its ends. */
export function isFlowAllowed(objects: Pick<Objects, 'list'>, flow: NetworkFlow, space: string): boolean {
  const own = { 'kubernetes.io/metadata.name': space }
  const policies = objects.list<KubeObject>('NetworkPolicy').map(({ spec }) => (spec ?? {}) as PolicySpec)
  const source: End = flow.from === 'ingress' ? ingressController : { labels: flow.from, namespace: own }
  const target: End = { labels: flow.to, namespace: own }
  const isOpen = (end: End, peer: End, direction: 'Ingress' | 'Egress') => {
    const applying = policies.filter(
      (policy) => typesOf(policy).includes(direction) && isMatch(policy.podSelector, end.labels),
    )
    if (applying.length === 0) return true
    return applying
      .flatMap((policy) => (direction === 'Ingress' ? policy.ingress : policy.egress) ?? [])
      .some((rule) => isPeer(rule.from ?? rule.to, peer, own) && isPort(rule, flow.port))
  }
  // The ingress controller lives elsewhere: no policy of this namespace limits what it sends.
  return (flow.from === 'ingress' || isOpen(source, target, 'Egress')) && isOpen(target, source, 'Ingress')
}

function typesOf({ policyTypes, egress }: PolicySpec): string[] {
  return policyTypes ?? (egress ? ['Ingress', 'Egress'] : ['Ingress'])
}

function isPeer(peers: Peer[] | undefined, end: End, own: Labels): boolean {
  if (!peers || peers.length === 0) return true
  const name = 'kubernetes.io/metadata.name'
  return peers.some(({ podSelector, namespaceSelector, ipBlock }) => {
    // Pod addresses change: a block counts only where it is every address.
    if (ipBlock) return ipBlock.cidr === '0.0.0.0/0'
    const isThere = namespaceSelector ? isMatch(namespaceSelector, end.namespace) : end.namespace[name] === own[name]
    return isThere && isMatch(podSelector, end.labels)
  })
}

function isPort({ ports }: Rule, wanted: number): boolean {
  if (!ports || ports.length === 0) return true
  return ports.some(({ protocol = 'TCP', port, endPort }) => {
    if (protocol !== 'TCP') return false
    if (port === undefined || typeof port === 'string') return true
    return wanted >= port && wanted <= (endPort ?? port)
  })
}

function isMatch(selector: Selector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {}
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      const isIn = value !== undefined && values.includes(value)
      return operator === 'In' ? isIn : !isIn
    })
  )
}
