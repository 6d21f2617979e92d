// Whether a connection may pass, by a table that was compiled from NetworkPolicies. Pure, and free of imports: it
// also runs inside every pod's process.

/** Peers and ports that one rule lets through; a missing list means any. */
export interface PolicyRule {
  ips?: string[]
  blocks?: { cidr: string; except: string[] }[]
  ports?: { protocol: string; port?: number; endPort?: number }[]
}

/** Rules by pod address. A pod that is not listed is not isolated; one with no rules lets nothing through. */
export interface PolicyTable {
  ingress: Record<string, PolicyRule[]>
  egress: Record<string, PolicyRule[]>
}

export interface Flow {
  sourceIp: string
  destinationIp: string
  port: number
  protocol: 'TCP' | 'UDP'
}

/** True when both ends let the connection through; a pod may always talk to itself. */
export function isAllowed(table: PolicyTable, flow: Flow): boolean {
  if (flow.sourceIp === flow.destinationIp) return true
  const egress = table.egress[flow.sourceIp]
  const ingress = table.ingress[flow.destinationIp]
  return isMatched(egress, flow.destinationIp, flow) && isMatched(ingress, flow.sourceIp, flow)
}

/** True when an echo passes: rules that name ports speak of TCP and UDP, so only those without let it through. */
export function isEchoAllowed(table: PolicyTable, sourceIp: string, destinationIp: string): boolean {
  if (sourceIp === destinationIp) return true
  const passes = (rules: PolicyRule[] | undefined, peerIp: string) =>
    rules === undefined || rules.some((rule) => rule.ports === undefined && isPeer(rule, peerIp))
  return passes(table.egress[sourceIp], destinationIp) && passes(table.ingress[destinationIp], sourceIp)
}

function isMatched(rules: PolicyRule[] | undefined, peerIp: string, flow: Flow): boolean {
  return rules === undefined || rules.some((rule) => isPeer(rule, peerIp) && isPort(rule, flow))
}

function isPeer({ ips, blocks }: PolicyRule, peerIp: string): boolean {
  if (ips === undefined && blocks === undefined) return true
  if (ips?.includes(peerIp)) return true
  return (blocks ?? []).some(
    ({ cidr, except }) => isInBlock(peerIp, cidr) && !except.some((hole) => isInBlock(peerIp, hole)),
  )
}

function isPort({ ports }: PolicyRule, flow: Flow): boolean {
  if (ports === undefined) return true
  return ports.some(({ protocol, port, endPort }) => {
    if (protocol !== flow.protocol) return false
    return port === undefined || (flow.port >= port && flow.port <= (endPort ?? port))
  })
}

function isInBlock(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  return Math.floor(toNumber(ip) / size) === Math.floor(toNumber(base) / size)
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
