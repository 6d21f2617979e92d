// The lab on a K3s of its own, on machines with Docker. Skipped, with the reason, elsewhere.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { K3sContainer, type StartedK3sContainer } from '@testcontainers/k3s'
import { afterAll, beforeAll, describe } from 'vitest'
import { testWholeAttempts } from './whole-attempts.ts'

const k3sImage = 'docker.io/rancher/k3s:v1.34.1-k3s1'
const images = ['docker.io/reddydodda/taskmaster-frontend:1.0', 'docker.io/reddydodda/taskmaster-backend:1.0']
const repository = join(import.meta.dirname, '../../..')

const docker = (...args: string[]) => spawnSync('docker', args, { cwd: repository, encoding: 'utf8', timeout: 600_000 })
const probe = docker('info')
const reason =
  probe.status === 0
    ? undefined
    : (probe.error?.message ?? probe.stderr.trim().split('\n').at(-1) ?? 'docker does not answer')
if (reason) process.stderr.write(`Tests on K3s are skipped: ${reason}\n`)

let folder: string
let cluster: StartedK3sContainer | undefined
beforeAll(async () => {
  if (reason) return
  folder = await mkdtemp(join(tmpdir(), 'k3s-'))
  const built = spawnSync(process.execPath, ['lab-server/bin/build-images.js', 'frontend', 'backend'], {
    cwd: repository,
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(`the images were not built: ${built.stdout}${built.stderr}`)
  const archive = join(folder, 'images.tar')
  const saved = docker('save', '-o', archive, ...images)
  if (saved.status !== 0) throw new Error(`the images were not saved: ${saved.stderr}`)
  cluster = await new K3sContainer(k3sImage).withCommand(['server', '--disable=traefik']).start()
  await cluster.copyFilesToContainer([{ source: archive, target: '/tmp/images.tar' }])
  const { exitCode, output } = await cluster.exec(['ctr', '-n', 'k8s.io', 'images', 'import', '/tmp/images.tar'])
  if (exitCode !== 0) throw new Error(`the images were not loaded: ${output}`)
}, 900_000)
afterAll(async () => {
  if (reason) return
  await cluster?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe.skipIf(reason !== undefined)('K3s in Docker', () => {
  testWholeAttempts(() => cluster?.getKubeConfig() ?? '')
})
