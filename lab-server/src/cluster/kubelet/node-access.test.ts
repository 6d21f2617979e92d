import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeNode, startFakeNode } from './testing/fake-node.ts'

let node: FakeNode
beforeEach(async () => {
  node = await startFakeNode()
})
afterEach(() => node.stop())

const collect = async (chunks: AsyncIterable<string | Uint8Array>) => {
  const parts: string[] = []
  for await (const chunk of chunks) parts.push(chunk.toString())
  return parts.join('')
}
const addPod = () => node.addPod({ containers: [{ name: 'c', image: 'busybox:1.36' }] })

describe('logs', () => {
  it('come from the newest instance, or the one before it', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 1000, exitCode: 1, log: ['first'] })
    const pod = addPod()
    await node.pass(0.5)
    node.runtime.scripts.set('c', { log: ['second'] })
    await node.pass(1)
    const { access } = node.kubelet
    expect(await collect(access.logs(pod, 'c', {}))).toBe('second\n')
    expect(await collect(access.logs(pod, 'c', { previous: true }))).toBe('first\n')
  })

  it('of a crashed container are still there while it backs off', async () => {
    node.runtime.scripts.set('c', { exitAfterMs: 0, exitCode: 1, log: ['fatal'] })
    const pod = addPod()
    await node.pass(5)
    expect(await collect(node.kubelet.access.logs(pod, 'c', {}))).toBe('fatal\n')
    expect(await collect(node.kubelet.access.logs(pod, 'c', { previous: true }))).toBe('fatal\n')
  })

  it('of an instance that never was are refused', async () => {
    const pod = addPod()
    await node.pass(1)
    await expect(collect(node.kubelet.access.logs(pod, 'c', { previous: true }))).rejects.toMatchObject({
      code: 400,
      message: 'previous terminated container "c" in pod "web" not found',
    })
  })
})

describe('exec', () => {
  it('runs a command and answers its exit code', async () => {
    node.runtime.scripts.set('c', { exec: () => ({ exitCode: 3, stdout: 'hi' }) })
    const pod = addPod()
    await node.pass(1)
    let text = ''
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        text += chunk
        done()
      },
    })
    const result = node.kubelet.access.exec(pod, 'c', ['true'], { stdout, stderr: stdout, tty: false })
    await node.pass(0.1)
    expect(await result).toEqual({ exitCode: 3 })
    expect(text).toBe('hi')
  })

  it('says what could not be run', async () => {
    node.runtime.scripts.set('c', { execError: 'exec: "zsh": executable file not found in $PATH' })
    const pod = addPod()
    await node.pass(1)
    const stdout = new Writable()
    await expect(
      node.kubelet.access.exec(pod, 'c', ['zsh'], { stdout, stderr: stdout, tty: false }),
    ).rejects.toMatchObject({
      code: 500,
      message: 'Internal error occurred: exec: "zsh": executable file not found in $PATH',
    })
  })
})
