// Commands in pods through the lab's own client.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openExec } from '../../src/lab/kubernetes/exec.ts'
import type { KubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import type { Pod } from '../../src/lab/kubernetes/objects.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'

let cluster: TestCluster
let api: KubernetesApi
const pod = { kind: 'Pod' as const, namespace: 'default', name: 'box' }
beforeAll(async () => {
  cluster = await startTestCluster('exec')
  api = cluster.api
  await api.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'box', namespace: 'default' },
    spec: { containers: [{ name: 'box', image: 'busybox', command: ['sleep', '3600'] }] },
  })
  await vi.waitFor(async () => expect((await api.get<Pod>(pod)).status?.phase).toBe('Running'), { timeout: 60_000 })
})
afterAll(() => cluster.stop())

const run = (...command: string[]) =>
  openExec(api.access, { namespace: 'default', pod: 'box', container: 'box', command })

it('gives every byte of the output and what the command complains of', async () => {
  const stream = await run('sh', '-c', 'echo out; echo "grüß" ; echo complaint >&2; exit 3')
  let output = ''
  stream.onData((data) => {
    output += data.toString('utf8')
  })
  const { message } = await stream.closed
  expect(output).toBe('out\ngrüß\n')
  expect(message).toContain('complaint')
  expect(message).toContain('exit code 3')
})

it('passes input on, and ends the command when it closes', async () => {
  const stream = await run('cat')
  let output = ''
  stream.onData((data) => {
    output += data.toString('utf8')
  })
  stream.write('one\n')
  stream.write(Buffer.from('zwei ü\n'))
  await expect.poll(() => output, { timeout: 5_000 }).toBe('one\nzwei ü\n')
  stream.close()
  await stream.closed
})

it('says in the words of the cluster why there is nothing to run', async () => {
  await expect(
    openExec(api.access, { namespace: 'default', pod: 'nobody', container: 'box', command: ['true'] }),
  ).rejects.toThrow('pods "nobody" not found')
})
