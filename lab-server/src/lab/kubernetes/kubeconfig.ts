// Reads and writes kubeconfigs. Only what is inline is accepted: a kubeconfig that names files or
// commands would make this server read or run them.
import { parse, stringify } from 'yaml'

/** How to reach an API server, and as whom. */
export interface KubeAccess {
  server: string
  ca?: string
  token?: string
  clientCertificate?: string
  clientKey?: string
  namespace?: string
}

const refusedClusterFields: Record<string, string> = {
  'certificate-authority': 'names a file; put its content into certificate-authority-data',
  'insecure-skip-tls-verify': 'turns certificate checks off',
  'proxy-url': 'sends requests through a proxy',
}
const refusedUserFields: Record<string, string> = {
  exec: 'runs a command',
  'auth-provider': 'runs a plugin',
  tokenFile: 'names a file; put its content into token',
  'client-certificate': 'names a file; put its content into client-certificate-data',
  'client-key': 'names a file; put its content into client-key-data',
  username: 'uses basic authentication, which Kubernetes no longer has',
  password: 'uses basic authentication, which Kubernetes no longer has',
}

type Fields = Record<string, unknown>

/** The access that the current context of a kubeconfig gives. Throws with the field that is refused or missing. */
export function readKubeconfig(text: string): KubeAccess {
  const config = asFields(parse(text), 'the kubeconfig')
  const contextName = config['current-context']
  if (typeof contextName !== 'string' || contextName === '') throw new Error('kubeconfig: current-context is not set')
  const context = findNamed(config.contexts, contextName, 'context')
  const cluster = findNamed(config.clusters, String(context.cluster), 'cluster')
  const user = findNamed(config.users, String(context.user), 'user')
  refuse(cluster, refusedClusterFields)
  refuse(user, refusedUserFields)
  const server = cluster.server
  if (typeof server !== 'string') throw new Error('kubeconfig: the cluster has no server')
  assertSafeServer(server)
  return {
    server: server.replace(/\/+$/, ''),
    ca: decoded(cluster['certificate-authority-data']),
    token: typeof user.token === 'string' ? user.token : undefined,
    clientCertificate: decoded(user['client-certificate-data']),
    clientKey: decoded(user['client-key-data']),
    namespace: typeof context.namespace === 'string' ? context.namespace : undefined,
  }
}

/** A kubeconfig with one context, for a token. */
export function writeKubeconfig(access: KubeAccess, names: { cluster: string; user: string }): string {
  const context = { cluster: names.cluster, user: names.user, namespace: access.namespace }
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': names.cluster,
    clusters: [
      {
        name: names.cluster,
        cluster: {
          server: access.server,
          ...(access.ca && { 'certificate-authority-data': Buffer.from(access.ca).toString('base64') }),
        },
      },
    ],
    contexts: [{ name: names.cluster, context }],
    users: [{ name: names.user, user: { token: access.token } }],
  })
}

function assertSafeServer(server: string): void {
  const url = new URL(server)
  const isLoopback = url.hostname === 'localhost' || url.hostname.startsWith('127.') || url.hostname === '[::1]'
  if (url.protocol !== 'https:' && !isLoopback) throw new Error(`kubeconfig: ${server} is not https`)
}

function refuse(fields: Fields, refused: Record<string, string>): void {
  for (const [field, why] of Object.entries(refused)) {
    if (fields[field]) throw new Error(`kubeconfig: ${field} is refused, because it ${why}`)
  }
}

function findNamed(list: unknown, name: string, what: 'context' | 'cluster' | 'user'): Fields {
  const entries = Array.isArray(list) ? list : []
  const entry = entries.find((candidate) => candidate?.name === name)
  if (!entry) throw new Error(`kubeconfig: there is no ${what} named ${name}`)
  return asFields(entry[what] ?? {}, `${what} ${name}`)
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not a mapping`)
  return value as Fields
}

function decoded(data: unknown): string | undefined {
  return typeof data === 'string' && data !== '' ? Buffer.from(data, 'base64').toString('utf8') : undefined
}
