import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { openCredentials } from './cluster-credentials.ts'
import { readPluginAnswer } from './exec-plugin.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function kubeconfigWith(user: object): Promise<string> {
  const path = join(folder, 'kubeconfig')
  const config = {
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443' } }],
    users: [{ name: 'u', user }],
  }
  await writeFile(path, stringify(config))
  return path
}

/** A plugin that notes each run. */
async function pluginWith(answer: object): Promise<string> {
  const path = join(folder, 'plugin')
  await writeFile(path, `#!/bin/sh\necho run >> ${folder}/runs\ncat <<'END'\n${JSON.stringify(answer)}\nEND\n`)
  await chmod(path, 0o755)
  return path
}

const open = (kubeconfig: string, allowExec: boolean) => openCredentials({ kubeconfig, allowExec, onProblem: () => {} })
const runs = () => readFile(join(folder, 'runs'), 'utf8').catch(() => '')

it('never runs a plugin that the operator did not allow, and says how to allow it', async () => {
  const command = await pluginWith({ kind: 'ExecCredential', status: { token: 'secret' } })
  const kubeconfig = await kubeconfigWith({ exec: { command } })
  await expect(open(kubeconfig, false)).rejects.toThrow(/exec is refused.*LAB_ALLOW_EXEC_PLUGIN=1/)
  expect(await runs()).toBe('')
})

it('takes the token of a plugin that is allowed', async () => {
  const command = await pluginWith({ kind: 'ExecCredential', status: { token: 'secret' } })
  const credentials = await open(await kubeconfigWith({ exec: { command } }), true)
  expect(credentials.access.token).toBe('secret')
  expect(await runs()).toBe('run\n')
  credentials.stop()
})

it('reads files beside the kubeconfig only when allowed', async () => {
  await writeFile(join(folder, 'token'), 'from-file\n')
  const kubeconfig = await kubeconfigWith({ tokenFile: 'token' })
  await expect(open(kubeconfig, false)).rejects.toThrow('tokenFile is refused')
  const credentials = await open(kubeconfig, true)
  expect(credentials.access.token).toBe('from-file')
})

it('refuses what is no credential', () => {
  expect(() => readPluginAnswer('oops', 'p')).toThrow('not JSON')
  expect(() => readPluginAnswer('{"kind":"Pod"}', 'p')).toThrow('no ExecCredential')
  expect(() => readPluginAnswer('{"kind":"ExecCredential","status":{}}', 'p')).toThrow('neither a token')
})
