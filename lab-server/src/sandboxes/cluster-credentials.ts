// The lab's own credentials for a cluster that it did not make: from a kubeconfig, or from the pod that it runs in.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { ConfigError } from '../config.ts'
import { type KubeAccess, readKubeconfig } from '../lab/kubernetes/kubeconfig.ts'
import { type ExecPlugin, runExecPlugin } from './exec-plugin.ts'

export interface ClusterCredentials {
  /** `token` is always the present one. */
  access: KubeAccess
  /** Stops the renewal. */
  stop(): void
}

export interface CredentialOptions {
  /** Path of the kubeconfig; without it the pod's own account is used. */
  kubeconfig: string | undefined
  /** Whether the kubeconfig may run a plugin and name files. */
  allowExec: boolean
  env?: NodeJS.ProcessEnv
  onProblem(error: unknown): void
}

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount'
/** Tokens of pods are replaced on disk long before they expire. */
const rereadMs = 60_000
const retryMs = 30_000
const earlyMs = 60_000

/** Whether this process runs in a pod that may ask the API server. */
export function isInCluster(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env.KUBERNETES_SERVICE_HOST)
}

/** Opens the credentials; rejects with what to change. */
export async function openCredentials(options: CredentialOptions): Promise<ClusterCredentials> {
  const env = options.env ?? process.env
  if (options.kubeconfig === undefined) return podCredentials(env)
  const path = resolve(options.kubeconfig)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`The kubeconfig ${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    if (!options.allowExec) return { access: readKubeconfig(text), stop() {} }
    return await trustedCredentials(text, dirname(path), options)
  } catch (error) {
    const hint = options.allowExec
      ? ''
      : ' LAB_ALLOW_EXEC_PLUGIN=1 allows plugins and files, if you trust this kubeconfig.'
    throw new ConfigError(`${path}: ${(error as Error).message}.${hint}`)
  }
}

function podCredentials(env: NodeJS.ProcessEnv): ClusterCredentials {
  const host = env.KUBERNETES_SERVICE_HOST ?? ''
  const port = env.KUBERNETES_SERVICE_PORT ?? '443'
  return {
    access: {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      ca: readFileSync(`${accountFolder}/ca.crt`, 'utf8'),
      get token() {
        return tokenOfFile()
      },
    },
    stop() {},
  }
}

const tokenOfFile = makeTokenFile(`${accountFolder}/token`)

function makeTokenFile(path: string): () => string {
  let kept = { token: '', readAt: 0 }
  return () => {
    if (Date.now() - kept.readAt > rereadMs) kept = { token: readFileSync(path, 'utf8').trim(), readAt: Date.now() }
    return kept.token
  }
}

type Fields = Record<string, unknown>

/** A kubeconfig whose files and plugin the operator allowed: files are read here, the plugin is asked in time. */
async function trustedCredentials(
  text: string,
  folder: string,
  { onProblem }: CredentialOptions,
): Promise<ClusterCredentials> {
  const config = parse(text) as {
    'current-context'?: string
    contexts?: { name: string; context: { cluster: string; user: string } }[]
    clusters?: { name: string; cluster: Fields }[]
    users?: { name: string; user: Fields }[]
  }
  const context = config.contexts?.find(({ name }) => name === config['current-context'])?.context
  const cluster = config.clusters?.find(({ name }) => name === context?.cluster)?.cluster
  const user = config.users?.find(({ name }) => name === context?.user)?.user
  if (!cluster || !user) throw new Error('kubeconfig: current-context names no cluster and user')
  inline(cluster, folder, ['certificate-authority'])
  inline(user, folder, ['client-certificate', 'client-key'])
  const plugin = user.exec as ExecPlugin | undefined
  const tokenFile = typeof user.tokenFile === 'string' ? makeTokenFile(resolve(folder, user.tokenFile)) : undefined
  delete user.exec
  delete user.tokenFile
  const access = readKubeconfig(stringify(config))
  if (tokenFile) {
    return { access: withToken(access, tokenFile), stop() {} }
  }
  if (!plugin) return { access, stop() {} }
  let current = await runExecPlugin(plugin)
  let timer: NodeJS.Timeout | undefined
  const schedule = (ms: number) => {
    timer = setTimeout(() => {
      runExecPlugin(plugin).then(
        (next) => {
          current = next
          plan()
        },
        (error) => {
          onProblem(error)
          schedule(retryMs)
        },
      )
    }, ms)
    timer.unref()
  }
  const plan = () => {
    if (current.expiresAt) schedule(Math.max(retryMs, current.expiresAt.getTime() - Date.now() - earlyMs))
  }
  plan()
  const { clientCertificate, clientKey } = current
  const certified = clientCertificate ? { ...access, clientCertificate, clientKey } : access
  return { access: withToken(certified, () => current.token), stop: () => clearTimeout(timer) }
}

function withToken(access: KubeAccess, read: () => string | undefined): KubeAccess {
  return {
    ...access,
    get token() {
      return read()
    },
  }
}

function inline(fields: Fields, folder: string, names: string[]): void {
  for (const name of names) {
    const path = fields[name]
    if (typeof path !== 'string' || path === '') continue
    fields[`${name}-data`] ??= readFileSync(resolve(folder, path)).toString('base64')
    delete fields[name]
  }
}
