// Runs the credential plugin that a kubeconfig names. Only with the operator's leave: it is a command of their choice.
import { execFile } from 'node:child_process'

/** `users[].user.exec` of a kubeconfig. */
export interface ExecPlugin {
  apiVersion?: string
  command: string
  args?: string[] | null
  env?: { name: string; value: string }[] | null
}

/** What a plugin answered. */
export interface PluginCredentials {
  token?: string
  clientCertificate?: string
  clientKey?: string
  /** When to ask again; undefined when it does not say. */
  expiresAt?: Date
}

const timeoutMs = 30_000

/** Asks the plugin once. Rejects with what it said. */
export async function runExecPlugin(plugin: ExecPlugin): Promise<PluginCredentials> {
  const apiVersion = plugin.apiVersion ?? 'client.authentication.k8s.io/v1'
  const info = JSON.stringify({ apiVersion, kind: 'ExecCredential', spec: { interactive: false } })
  const env: NodeJS.ProcessEnv = { ...process.env, KUBERNETES_EXEC_INFO: info }
  for (const { name, value } of plugin.env ?? []) env[name] = value
  const output = await new Promise<string>((resolve, reject) => {
    execFile(plugin.command, plugin.args ?? [], { env, timeout: timeoutMs }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout)
      reject(
        new Error(`kubeconfig: the plugin ${plugin.command} failed: ${(stderr.trim() || error.message).slice(0, 300)}`),
      )
    })
  })
  return readPluginAnswer(output, plugin.command)
}

/** The credentials in an ExecCredential. */
export function readPluginAnswer(output: string, command: string): PluginCredentials {
  const refuse = (what: string) => new Error(`kubeconfig: the plugin ${command} answered ${what}`)
  let answer: { kind?: string; status?: Record<string, unknown> }
  try {
    answer = JSON.parse(output)
  } catch {
    throw refuse('something that is not JSON')
  }
  if (answer.kind !== 'ExecCredential' || !answer.status) throw refuse('no ExecCredential with a status')
  const text = (field: string) => {
    const value = answer.status?.[field]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const expiry = text('expirationTimestamp')
  const credentials = {
    token: text('token'),
    clientCertificate: text('clientCertificateData'),
    clientKey: text('clientKeyData'),
    expiresAt: expiry ? new Date(expiry) : undefined,
  }
  if (!credentials.token && !credentials.clientCertificate) throw refuse('neither a token nor a certificate')
  return credentials
}
