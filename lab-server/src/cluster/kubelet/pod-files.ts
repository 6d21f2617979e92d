// Texts of /etc/hosts and /etc/resolv.conf inside a pod, and its host name.
import type { Pod } from '../objects/types.ts'

/** The host name of a pod: its own, or the one it asks for, cut to what Linux allows. */
export function podHostname(pod: Pod): string {
  return (pod.spec?.hostname ?? pod.metadata.name ?? '').slice(0, 63).replace(/[-.]+$/, '')
}

/** /etc/hosts of a pod, in the kubelet's words. */
export function hostsFile(pod: Pod, podIp: string): string {
  const hostname = podHostname(pod)
  const { subdomain, hostAliases } = pod.spec ?? {}
  const names = subdomain
    ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.cluster.local\t${hostname}`
    : hostname
  const lines = [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    `${podIp}\t${names}`,
  ]
  if (hostAliases && hostAliases.length > 0) {
    lines.push('', '# Entries added by HostAliases.')
    for (const { ip, hostnames } of hostAliases) lines.push(`${ip}\t${(hostnames ?? []).join('\t')}`)
  }
  return `${lines.join('\n')}\n`
}

/** /etc/resolv.conf of a pod by its DNS policy: the cluster's service, or the node's own resolver. */
export function resolvConf(pod: Pod, { clusterDns, nodeDns }: { clusterDns: string; nodeDns: string }): string {
  const policy = pod.spec?.dnsPolicy ?? 'ClusterFirst'
  const usesCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec?.hostNetwork)
  const namespace = pod.metadata.namespace
  const searches = usesCluster ? [`${namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'] : []
  const servers = usesCluster ? [clusterDns] : policy === 'None' ? [] : [nodeDns]
  const options = new Map<string, string | undefined>(usesCluster ? [['ndots', '5']] : [])

  // The pod's own settings add to the policy's; an option of the same name wins.
  const own = pod.spec?.dnsConfig
  servers.push(...(own?.nameservers ?? []))
  searches.push(...(own?.searches ?? []))
  for (const { name, value } of own?.options ?? []) if (name) options.set(name, value)

  const lines = [
    ...(searches.length > 0 ? [`search ${[...new Set(searches)].join(' ')}`] : []),
    ...[...new Set(servers)].slice(0, 3).map((server) => `nameserver ${server}`),
    ...(options.size > 0 ? [`options ${[...options].map(([n, v]) => (v ? `${n}:${v}` : n)).join(' ')}`] : []),
  ]
  return lines.length > 0 ? `${lines.join('\n')}\n` : ''
}
