// A sandboxed shell has no network but loopback: an API server elsewhere is reached at a loopback address, under
// the name that its certificate has.
import { isIP } from 'node:net'
import { parse, stringify } from 'yaml'
import type { HostAndPort } from './network-door.ts'

/** Where the shell finds the API server: its own address when that is on loopback. */
export function doorAddress({ host, port }: HostAndPort): HostAndPort {
  return isLoopback(host) ? { host, port } : { host: '127.0.0.1', port }
}

/** The kubeconfig for a shell whose only way to the API server is the door. */
export function throughDoor(kubeconfig: string, apiServer: HostAndPort): string {
  if (isLoopback(apiServer.host)) return kubeconfig
  const config = parse(kubeconfig) as { clusters?: { cluster: Record<string, unknown> }[] }
  const door = doorAddress(apiServer)
  for (const { cluster } of config.clusters ?? []) {
    const url = new URL(String(cluster.server))
    cluster['tls-server-name'] ??= apiServer.host.replace(/^\[|\]$/g, '')
    cluster.server = `${url.protocol}//${door.host}:${door.port}${url.pathname === '/' ? '' : url.pathname}`
  }
  return stringify(config)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.'))
}
