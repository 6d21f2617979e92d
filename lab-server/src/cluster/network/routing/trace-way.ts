// Which way a packet takes from a pod to an address, and whether an echo comes back: what ping and traceroute see.
import { isEchoAllowed, type PolicyTable } from '../policy/verdict.ts'

/** The routers that a packet passes, in order, and whether its target answers. */
export interface Way {
  hops: string[]
  answers: boolean
}

export interface WayQuestion {
  from: string
  to: string
  nodes: readonly { ip: string; podCidr: string }[]
  /** Whether a pod that runs has the address. */
  isPod(ip: string): boolean
  policies: PolicyTable
}

/** The addresses of a node's pods begin like this; the first of them is its bridge's. */
const startOf = (podCidr: string) => podCidr.replace(/\d+\/\d+$/, '')

/** Follows a packet, as through one bridge for each node and a network that joins the nodes. */
export function traceWay({ from, to, nodes, isPod, policies }: WayQuestion): Way {
  if (from === to) return { hops: [], answers: true }
  const nodeOf = (ip: string) => nodes.find((node) => node.ip === ip || ip.startsWith(startOf(node.podCidr)))
  const own = nodeOf(from)
  const other = nodeOf(to)
  const gateways = own && own.ip !== from ? [`${startOf(own.podCidr)}1`] : []
  const isNode = other !== undefined && (to === other.ip || to === `${startOf(other.podCidr)}1`)
  const answers = (isNode || (other !== undefined && isPod(to))) && isEchoAllowed(policies, from, to)
  // A Service's address belongs to nobody who would answer: kube-proxy rewrites what goes to its ports, and nothing else.
  if (!other) return { hops: gateways, answers: false }
  if (other === own) return { hops: [], answers }
  return { hops: isNode ? gateways : [...gateways, other.ip], answers }
}
