// Turns NetworkPolicies into a table of addresses: what is asked per connection must not walk through selectors.
import { matchesLabelSelector } from '../../objects/selectors.ts'
import type { LabelSelector, Namespace, NetworkPolicy, Pod } from '../../objects/types.ts'
import type { PolicyRule, PolicyTable } from './verdict.ts'

/** A pod as policies see it. */
export interface PolicyPod {
  namespace: string
  labels: Record<string, string>
  ip: string
  /** Numbers of the named container ports. */
  namedPorts: { name: string; port: number; protocol: string }[]
}

export interface PolicyWorld {
  policies: NetworkPolicy[]
  namespaces: Namespace[]
  pods: PolicyPod[]
}

type IngressRule = NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number]
type EgressRule = NonNullable<NonNullable<NetworkPolicy['spec']>['egress']>[number]
type Peers = EgressRule['to']
type Ports = IngressRule['ports']

/** Reads what matters for policies from a pod; undefined while it has no address or when it has ended. */
export function policyPod(pod: Pod): PolicyPod | undefined {
  const ip = pod.status?.podIP
  if (!ip || pod.spec?.hostNetwork || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) return undefined
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])]
  const ports = containers.flatMap((container) => container.ports ?? [])
  return {
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? {},
    ip,
    namedPorts: ports.flatMap(({ name, containerPort, protocol }) =>
      name ? [{ name, port: containerPort, protocol: protocol ?? 'TCP' }] : [],
    ),
  }
}

/** Compiles all policies: pods that no policy selects stay out of the table and are open. */
export function compilePolicies(world: PolicyWorld): PolicyTable {
  const table: PolicyTable = { ingress: {}, egress: {} }
  for (const policy of world.policies) {
    const spec = policy.spec
    if (!spec) continue
    const namespace = policy.metadata.namespace ?? ''
    const types = spec.policyTypes ?? (spec.egress ? ['Ingress', 'Egress'] : ['Ingress'])
    const selected = world.pods.filter(
      (pod) => pod.namespace === namespace && matchesLabelSelector(spec.podSelector ?? {}, pod.labels),
    )
    for (const pod of selected) {
      if (types.includes('Ingress')) {
        const rules = (spec.ingress ?? []).flatMap((rule) => ingressRules(rule, pod, namespace, world))
        table.ingress[pod.ip] = [...(table.ingress[pod.ip] ?? []), ...rules]
      }
      if (types.includes('Egress')) {
        const rules = (spec.egress ?? []).flatMap((rule) => egressRules(rule, namespace, world))
        table.egress[pod.ip] = [...(table.egress[pod.ip] ?? []), ...rules]
      }
    }
  }
  return table
}

function ingressRules(rule: IngressRule, pod: PolicyPod, namespace: string, world: PolicyWorld): PolicyRule[] {
  return [{ ...peersOf(rule.from, namespace, world), ...portsOf(rule.ports, pod) }]
}

/** A named port means another number at each destination, so such a rule becomes one rule per pod. */
function egressRules(rule: EgressRule, namespace: string, world: PolicyWorld): PolicyRule[] {
  const peers = peersOf(rule.to, namespace, world)
  if (!rule.ports?.some(({ port }) => typeof port === 'string')) return [{ ...peers, ...portsOf(rule.ports) }]
  const ips = peers.ips ?? (peers.blocks ? [] : world.pods.map(({ ip }) => ip))
  return world.pods.filter(({ ip }) => ips.includes(ip)).map((pod) => ({ ips: [pod.ip], ...portsOf(rule.ports, pod) }))
}

function peersOf(peers: Peers, namespace: string, world: PolicyWorld): Pick<PolicyRule, 'ips' | 'blocks'> {
  if (!peers || peers.length === 0) return {}
  const blocks = peers.flatMap(({ ipBlock }) => (ipBlock ? [{ cidr: ipBlock.cidr, except: ipBlock.except ?? [] }] : []))
  const ips = peers.flatMap(({ ipBlock, podSelector, namespaceSelector }) => {
    if (ipBlock) return []
    const isNamespace = namespaceTest(namespaceSelector, namespace, world.namespaces)
    return world.pods
      .filter((pod) => isNamespace(pod.namespace) && matchesLabelSelector(podSelector ?? {}, pod.labels))
      .map(({ ip }) => ip)
  })
  return { ips, blocks }
}

function namespaceTest(selector: LabelSelector | undefined, own: string, namespaces: Namespace[]) {
  if (!selector) return (name: string) => name === own
  const names = namespaces.filter(({ metadata }) => matchesLabelSelector(selector, metadata.labels ?? {}))
  return (name: string) => names.some(({ metadata }) => metadata.name === name)
}

function portsOf(ports: Ports, destination?: PolicyPod): Pick<PolicyRule, 'ports'> {
  if (!ports || ports.length === 0) return {}
  return {
    ports: ports.flatMap(({ port, endPort, protocol = 'TCP' }) => {
      if (typeof port !== 'string')
        return [{ protocol, ...(port === undefined ? {} : { port }), ...(endPort ? { endPort } : {}) }]
      const named = destination?.namedPorts.filter((one) => one.name === port && one.protocol === protocol) ?? []
      return named.map((one) => ({ protocol, port: Number(one.port) }))
    }),
  }
}
