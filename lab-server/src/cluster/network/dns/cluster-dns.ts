// Wires the DNS server to the cluster's objects: what it answers, when it answers, and whom.
import type { ClusterView } from '../cluster-view.ts'
import { isAllowed } from '../policy/verdict.ts'
import { endpointsOf } from '../routing/plan-routes.ts'
import type { Underlay } from '../underlay/underlay.ts'
import { type CorefileRule, parseCorefile } from './corefile.ts'
import { type Question, type Response, typeNumbers } from './message.ts'
import { answerQuestion, type DnsWorld } from './records.ts'
import { makeDnsServer } from './server.ts'

export interface ClusterDnsOptions {
  view: ClusterView
  underlay: Underlay
  /** Port of this machine that stands for 53. */
  port: number
}

export interface ClusterDns {
  /** Opens or closes the server as CoreDNS comes and goes. */
  sync(): Promise<void>
  /** Addresses of a full name; none while nobody serves DNS. */
  resolve(name: string): string[]
  stop(): Promise<void>
}

/** Makes the cluster's DNS; closed until the first `sync`. */
export function makeClusterDns({ view, underlay, port }: ClusterDnsOptions): ClusterDns {
  const { dnsIp, nodeIps } = underlay.ranges
  const world: DnsWorld = {
    services: view.services,
    findService: view.findService,
    slicesOf: view.slicesOf,
    hasNamespace: (name) => view.find('Namespace', '', name) !== undefined,
  }
  // A cluster without the Service has no CoreDNS to wait for.
  const isServing = () => {
    const service = view.findService('kube-system', 'kube-dns')
    if (!service) return true
    const slices = view.slicesOf('kube-system', 'kube-dns')
    return (service.spec?.ports ?? []).some((one) => endpointsOf(slices, one).length > 0)
  }
  let parsed: { text: string; rules: CorefileRule[] } = { text: '', rules: [] }
  const rules = () => {
    const text = view.find('ConfigMap', 'kube-system', 'coredns')?.data?.Corefile ?? ''
    if (text !== parsed.text) parsed = { text, rules: parseCorefile(text) }
    return parsed.rules
  }
  const answer = ({ name, type }: Question): Response => {
    for (const rule of rules()) {
      const found = rule.answer(name.toLowerCase().replace(/\.$/, ''), type)
      if (found) return found
    }
    return answerQuestion(world, name, type)
  }
  const server = makeDnsServer({
    underlay,
    host: dnsIp,
    port,
    answer,
    allows: (sourceIp, protocol) =>
      isAllowed(view.table().policies, { sourceIp, destinationIp: dnsIp, port: 53, protocol }),
  })
  // What a pod with `dnsPolicy: Default` asks: its node's resolver, which knows no cluster names.
  const nodeResolvers = nodeIps.map((host) =>
    makeDnsServer({
      underlay,
      host,
      port,
      answer: () => ({ code: 'NXDOMAIN', answers: [] }),
      allows: () => true,
    }),
  )

  return {
    async sync() {
      await Promise.all([server.setServing(isServing()), ...nodeResolvers.map((one) => one.setServing(true))])
    },
    resolve(name) {
      if (!isServing()) return []
      const { answers } = answer({ name, type: typeNumbers.A })
      return answers.flatMap((record) => (record.type === 'A' ? [record.address] : []))
    },
    async stop() {
      await Promise.all([server, ...nodeResolvers].map((one) => one.stop()))
    },
  }
}
