// The images that tests on a cluster without a registry need, from root file systems of this machine.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import packageJson from '../../../package.json' with { type: 'json' }

const run = promisify(execFile)
const timeout = 300_000
/** A kubelet tells of its images every ten seconds. */
const reportTimeoutMs = 60_000

interface LocalImage {
  /** As `kubectl get nodes` shows it. */
  name: string
  /** The script that makes its root file system, and the folder that it writes it to. */
  maker: 'make-roots.ts' | 'make-lab-roots.ts'
  root: string
  /** Options of `mkimage`: what the image's Dockerfile says of its process. */
  options: string[]
}

/** What the application runs: without these there is nothing to test. */
export const applicationImages: LocalImage[] = [
  {
    name: 'docker.io/reddydodda/taskmaster-frontend:1.0',
    maker: 'make-roots.ts',
    root: 'frontend',
    options: ['--entrypoint', '["/entrypoint"]'],
  },
  {
    name: 'docker.io/reddydodda/taskmaster-backend:1.0',
    maker: 'make-roots.ts',
    root: 'backend',
    options: ['--cmd', '["gunicorn"]'],
  },
  {
    name: 'docker.io/library/postgres:15-alpine',
    maker: 'make-roots.ts',
    root: 'database',
    options: ['--entrypoint', '["/entrypoint"]'],
  },
]

const toolboxEnv = {
  HOME: '/home/student',
  USER: 'student',
  LANG: 'C.UTF-8',
  LAB_SETTINGS: '/etc/lab',
  EDITOR: '/usr/bin/vi',
  KUBE_EDITOR: '/usr/bin/vi',
  HISTFILE: '/home/student/.bash_history',
}

const toolbox: LocalImage = {
  name: `docker.io/reddydodda/taskmaster-toolbox:${packageJson.version}`,
  maker: 'make-lab-roots.ts',
  root: 'toolbox',
  options: [
    ...['--entrypoint', '["/usr/bin/tini","--","sleep","infinity"]', '--user', '1000', '--workdir', '/home/student'],
    ...Object.entries(toolboxEnv).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ],
}

/** The lab itself, for the tests that run it in the cluster. */
const lab: LocalImage = {
  name: `docker.io/reddydodda/taskmaster-lab:${packageJson.version}`,
  maker: 'make-lab-roots.ts',
  root: 'lab',
  options: ['--entrypoint', '["node","/lab/lab-server/src/main.ts"]', '--cmd', '["serve"]', '--user', '1000'],
}

/** Loads those that no node has, with the programs `mkimage` and `load` of `scripts`, and waits until a node tells of them. */
export async function loadMissingImages(scripts: string, kubeconfig: string): Promise<void> {
  const missing = await missingFrom(kubeconfig)
  if (missing.length === 0) return
  process.stderr.write(`Loading ${missing.map(({ name }) => name).join(', ')} …\n`)
  const folder = await mkdtemp(join(tmpdir(), 'lab-images-'))
  try {
    for (const maker of new Set(missing.map((image) => image.maker))) {
      const script = join(import.meta.dirname, maker)
      await run(process.execPath, ['--disable-warning=ExperimentalWarning', script, folder], { timeout })
    }
    for (const { name, root, options } of missing) {
      const archive = join(folder, `${root}.tar`)
      await run(join(scripts, 'mkimage'), [name, archive, '--root', join(folder, root), ...options], { timeout })
      await run(join(scripts, 'load'), [archive], { timeout })
      await rm(archive)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const deadline = Date.now() + reportTimeoutMs
  while ((await missingFrom(kubeconfig)).length > 0) {
    if (Date.now() > deadline) throw new Error('no node tells of the images that were loaded')
    await delay(1_000)
  }
}

async function missingFrom(kubeconfig: string): Promise<LocalImage[]> {
  const args = ['--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'jsonpath={..names}']
  const { stdout } = await run('kubectl', args, { timeout })
  return [...applicationImages, toolbox, lab].filter(({ name }) => !stdout.includes(name))
}
