// A student's terminal in a pod of a real cluster. Skipped, with the reason, where there is none or no toolbox on it.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import type { Attempt, Report } from '../../src/contract/attempts.ts'
import { readKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type KubernetesApi, makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { type LabProcess, startLabProcess } from './lab-process.ts'
import { findRealCluster } from './real-cluster.ts'

const found = await findRealCluster()
const toolbox = 'reason' in found ? undefined : found.images.find((name) => name.includes('taskmaster-toolbox'))
const reason = 'reason' in found ? found.reason : toolbox ? undefined : 'the toolbox image is not on a node'
if (reason) process.stderr.write(`Terminals in pods of a real Kubernetes are not tested: ${reason}.\n`)
const cluster = 'reason' in found ? { kubeconfig: '', version: 'none' } : found

let folder: string
let postgres: EmbeddedPostgres
let api: KubernetesApi
let lab: LabProcess | undefined
beforeAll(async () => {
  if (reason) return
  folder = await mkdtemp(join(tmpdir(), 'pod-terminal-'))
  // PostgreSQL runs as a user of its own.
  await chmod(folder, 0o711)
  await writeFile(join(folder, 'kubeconfig'), cluster.kubeconfig, { mode: 0o600 })
  postgres = await startEmbeddedPostgres({ dataDir: folder, onLog() {} })
  api = makeKubernetesApi(readKubeconfig(cluster.kubeconfig))
})
afterAll(async () => {
  if (reason) return
  await lab?.kill()
  api.close()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

const startLab = () =>
  startLabProcess({
    LAB_CLUSTER: 'kubeconfig',
    KUBECONFIG: join(folder, 'kubeconfig'),
    LAB_INSTANCE: 'pod-terminal',
    LAB_WARM_POOL: '0',
    LAB_TERMINAL: 'pod',
    LAB_TOOLBOX_IMAGE: toolbox ?? '',
    LAB_IMAGE_PULL_POLICY: 'IfNotPresent',
    LAB_DATA_DIR: join(folder, 'data'),
    DATABASE_URL: postgres.url,
  })

/** A browser at the terminal: acknowledges what it reads. */
function openBrowser(socket: WebSocket) {
  let seen = ''
  let snapshotNext = false
  socket.on('message', (data, isBinary) => {
    if (!isBinary) {
      snapshotNext = JSON.parse(String(data)).type === 'snapshot'
      return
    }
    const text = (data as Buffer).toString('utf8')
    seen = snapshotNext ? text : seen + text
    snapshotNext = false
    socket.send(JSON.stringify({ type: 'ack', characters: text.length }))
  })
  return {
    seen: () => seen,
    type: (text: string) => socket.send(Buffer.from(text)),
    sees: (pattern: RegExp, timeout = 60_000) => expect.poll(() => seen, { timeout }).toMatch(pattern),
  }
}

describe.skipIf(reason !== undefined)(`a terminal in a pod of Kubernetes ${cluster.version}`, () => {
  it("is the student's, confined, and survives kill -9 of the lab with its screen", async () => {
    lab = await startLab()
    const { id } = await lab.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
    await lab.inState(id, ['broken'])
    const browser = openBrowser(lab.socket(`/attempts/${id}/terminal`))
    await browser.sees(/student@lab/)
    browser.type('k get deployments; secret=$((40+2))\r')
    await browser.sees(/backend +\d\/\d[\s\S]*postgres +1\/1/)
    browser.type('id -u; ls /var/run/secrets 2>&1; touch /usr/bin/x 2>&1; kubectl auth can-i get pods -n kube-system\r')
    await browser.sees(/1000\r\n.*No such file[\s\S]*Read-only file system[\s\S]*no\r\n/)
    browser.type('k get svc backend-svc -o jsonpath="{.spec.sel')
    browser.type("ector.app}{'\\n'}\"\r")
    await browser.sees(/[\r\n]backend-api\r\n/)

    await lab.kill()
    lab = await startLab()
    await lab.inState(id, ['broken'])
    const again = openBrowser(lab.socket(`/attempts/${id}/terminal`))
    await again.sees(/Read-only file system/)
    again.type('echo kept-$secret\r')
    await again.sees(/kept-42/)

    await lab.ask('DELETE', `/attempts/${id}`)
    const labels = { 'taskmaster-lab.dev/instance': 'pod-terminal' }
    expect(await api.list('Pod', 'taskmaster-lab-terminals', labels)).toEqual([])
    expect(await api.list('Secret', 'taskmaster-lab-terminals', labels)).toEqual([])
    const { timeline } = await lab.ask<Report>('GET', `/attempts/${id}/report`)
    const commands = timeline.filter(({ kind }) => kind === 'command').map(({ text }) => text)
    expect(commands).toContain('k get deployments; secret=$((40+2))')
    expect(commands).toContain('echo kept-$secret')
  })
})
