// A real Kubernetes on this machine for the tests that need one. Where its scripts and its programs are, it is started,
// gets the application's images if it has none, and is stopped again; one that runs already is used and left running.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const startTimeoutMs = 180_000
const loadTimeoutMs = 300_000

/** What the application runs, from root file systems of this machine: there is no registry to pull from. */
const images = [
  {
    name: 'docker.io/reddydodda/taskmaster-frontend:1.0',
    root: 'frontend',
    options: ['--entrypoint', '["/entrypoint"]'],
  },
  { name: 'docker.io/reddydodda/taskmaster-backend:1.0', root: 'backend', options: ['--cmd', '["gunicorn"]'] },
  { name: 'docker.io/library/postgres:15-alpine', root: 'database', options: ['--entrypoint', '["/entrypoint"]'] },
]

/**
 * Starts it: resolves with how to stop it, or with the reason why there is none. Never rejects.
 * `repository` is the folder of this checkout; the scripts are in REAL_CLUSTER_SCRIPTS or beside it.
 * @param {string} repository
 * @returns {Promise<{ stop(): Promise<void>, reason?: string }>}
 */
export async function startLocalKubernetes(repository) {
  const none = (reason) => ({ reason, stop: async () => {} })
  if (process.env.REAL_KUBECONFIG) return none('REAL_KUBECONFIG names one')
  const scripts = process.env.REAL_CLUSTER_SCRIPTS ?? join(repository, '..', 'shared', 'real-cluster')
  const home = process.env.REAL_CLUSTER_HOME ?? join(homedir(), '.cache', 'real-cluster')
  if (!existsSync(join(scripts, 'up')))
    return none(`there is no ${join(scripts, 'up')}; REAL_CLUSTER_SCRIPTS names another folder`)
  if (!existsSync(join(home, 'bin', 'kube-apiserver')))
    return none(`there is no Kubernetes in ${home}: ${join(scripts, 'build')} builds one`)
  if (process.getuid?.() !== 0) return none('only root may start one')
  const kubeconfig = join(home, 'kubeconfig')
  if (await answers(kubeconfig)) return { stop: async () => {} }
  const stop = async () => {
    await run(join(scripts, 'down'), [], { timeout: startTimeoutMs }).catch(() => {})
  }
  try {
    await run(join(scripts, 'up'), [], { timeout: startTimeoutMs })
    await loadImages({ repository, scripts, kubeconfig })
    return { stop }
  } catch (error) {
    await stop()
    const said = `${error.stderr ?? ''}`.trim().split('\n').at(-1)
    return none(`it did not start: ${said || error.message}`)
  }
}

async function answers(kubeconfig) {
  if (!existsSync(kubeconfig)) return false
  const args = ['--kubeconfig', kubeconfig, '--request-timeout=3s', 'get', '--raw', '/readyz']
  return run('kubectl', args, { timeout: 5_000 }).then(
    () => true,
    () => false,
  )
}

/** Loads those images that no node has. */
async function loadImages({ repository, scripts, kubeconfig }) {
  const { stdout } = await run('kubectl', ['--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'jsonpath={..names}'])
  const missing = images.filter(({ name }) => !stdout.includes(name))
  if (missing.length === 0) return
  const folder = mkdtempSync(join(tmpdir(), 'lab-images-'))
  try {
    const roots = join(folder, 'roots')
    const maker = join(repository, 'lab-server', 'test', 'real-cluster', 'make-roots.ts')
    await run(process.execPath, ['--disable-warning=ExperimentalWarning', maker, roots], { timeout: loadTimeoutMs })
    for (const { name, root, options } of missing) {
      const archive = join(folder, `${root}.tar`)
      const args = [name, archive, '--root', join(roots, root), ...options]
      await run(join(scripts, 'mkimage'), args, { timeout: loadTimeoutMs })
      await run(join(scripts, 'load'), [archive], { timeout: loadTimeoutMs })
      rmSync(archive)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
