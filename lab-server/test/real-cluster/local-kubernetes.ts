// Set-up of the tier real-kubernetes. Where the scripts and programs of a local Kubernetes are, one is started, gets the
// images that it lacks, and is stopped after the tests; one that runs already is used and left running.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { loadMissingImages } from './local-images.ts'
import { localKubernetesHome, usualKubeconfig } from './real-cluster.ts'

const run = promisify(execFile)
const timeout = 180_000

/** Called by the test runner: starts it, and gives back how to stop it. Where there is none, says why, and the tests are skipped. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const scripts = process.env.REAL_CLUSTER_SCRIPTS ?? join(import.meta.dirname, '../../../../shared/real-cluster')
  const reason = await whyNone(scripts)
  if (reason !== undefined) {
    process.stderr.write(`No real Kubernetes is started: ${reason}.\n`)
    return undefined
  }
  const stop = async () => {
    await run(join(scripts, 'down'), [], { timeout }).catch(() => {})
  }
  const isInterrupted = stopWhenInterrupted(stop)
  try {
    await run(join(scripts, 'up'), [], { timeout })
    await loadMissingImages(scripts, usualKubeconfig)
    return stop
  } catch (error) {
    if (isInterrupted()) return undefined
    await stop()
    const { stderr, message } = error as Error & { stderr?: string }
    process.stderr.write(`No real Kubernetes: it did not start: ${stderr?.trim().split('\n').at(-1) || message}.\n`)
    return undefined
  }
}

async function whyNone(scripts: string): Promise<string | undefined> {
  if (process.env.REAL_KUBECONFIG) return 'REAL_KUBECONFIG names one'
  if (!existsSync(join(scripts, 'up')))
    return `there is no ${join(scripts, 'up')}; REAL_CLUSTER_SCRIPTS names another folder`
  if (!existsSync(join(localKubernetesHome, 'bin', 'kube-apiserver')))
    return `there is no Kubernetes in ${localKubernetesHome}: ${join(scripts, 'build')} builds one`
  if (process.getuid?.() !== 0) return 'only root may start one'
  if (await answers()) return 'one runs already'
  return undefined
}

async function answers(): Promise<boolean> {
  if (!existsSync(usualKubeconfig)) return false
  const args = ['--kubeconfig', usualKubeconfig, '--request-timeout=3s', 'get', '--raw', '/readyz']
  return run('kubectl', args, { timeout: 5_000 }).then(
    () => true,
    () => false,
  )
}

/** The test runner does not wait for anything when it is interrupted: this does. Tells whether it was. */
function stopWhenInterrupted(stop: () => Promise<void>): () => boolean {
  let interrupted = false
  const end = (signal: NodeJS.Signals) => {
    if (interrupted) return
    interrupted = true
    process.stderr.write('Stopping the Kubernetes that was started for the tests …\n')
    void stop().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  return () => interrupted
}
