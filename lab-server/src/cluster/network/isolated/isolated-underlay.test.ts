// What only the isolated level has: nothing leads out of a cluster's network, whatever a program of a pod tries.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Underlay } from '../underlay/underlay.ts'
import { makeIsolatedUnderlay } from './isolated-underlay.ts'
import { type NetworkAgent, startNetworkAgent } from './network-agent.ts'

const agent: NetworkAgent | Error = await startNetworkAgent().catch((error: Error) => error)
const missing = agent instanceof Error ? agent.message : undefined
const run = promisify(execFile)

/** Connects without the pods' preload, as a program that a student brought would. */
const dial = `const [host, port] = process.argv.slice(1)
require('node:net').connect(port, host)
  .on('connect', () => { console.log('connected'); process.exit() })
  .on('error', ({ code }) => console.log(code))
setTimeout(() => { console.log('silence'); process.exit() }, 1500).unref()`

describe.skipIf(missing)(`a raw socket of a pod ${missing ?? ''}`, () => {
  let one: Underlay
  let other: Underlay
  let secret: Server
  const raw = async ({ enter }: Underlay, host: string, port: number) => {
    const [file = '', ...args] = [...enter, process.execPath, '-e', dial, host, String(port)]
    return (await run(file, args)).stdout.trim()
  }
  const portOf = (server: Server) => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  beforeAll(async () => {
    if (agent instanceof Error) return
    ;[one, other] = [await makeIsolatedUnderlay(agent, 1), await makeIsolatedUnderlay(agent, 1)]
    secret = createServer((socket) => socket.end('the machine')).listen(0, '0.0.0.0')
    await once(secret, 'listening')
  })
  afterAll(async () => {
    secret?.close()
    await Promise.all([one?.stop(), other?.stop()])
  })

  it('reaches what listens in its own cluster', async () => {
    const opened = await one.accept((socket) => socket.end(), { host: '10.42.0.9', port: 80 })
    expect(await raw(one, '10.42.0.9', 80)).toBe('connected')
    await opened.close()
    expect(await raw(one, '10.42.0.9', 80)).toBe('ECONNREFUSED')
  })

  it('does not reach the pods and the API server of another cluster', async () => {
    const pod = await other.accept((socket) => socket.end(), { host: '10.42.0.9', port: 80 })
    const api = await other.accept((socket) => socket.end(), { host: '10.99.0.11', port: 6443 })
    expect(await raw(one, '10.42.0.9', 80)).toBe('ECONNREFUSED')
    expect(await raw(one, '10.99.0.11', 6443)).toBe('ECONNREFUSED')
    await Promise.all([pod.close(), api.close()])
  })

  it('does not reach the loopback of the machine, its other addresses, nor the world', async () => {
    expect(await raw(one, '127.0.0.1', portOf(secret))).toBe('ECONNREFUSED')
    for (const host of ['192.0.2.1', '169.254.169.254', '8.8.8.8']) {
      expect(await raw(one, host, portOf(secret))).toBe('ENETUNREACH')
    }
  })
})

describe.skipIf(missing)(`a cluster ${missing ?? ''}`, () => {
  it('has the addresses that every cluster has', async () => {
    if (agent instanceof Error) return
    const underlay = await makeIsolatedUnderlay(agent, 2)
    expect(underlay).toMatchObject({
      nodes: [
        { ip: '10.99.0.11', podCidr: '10.42.0.0/24' },
        { ip: '10.99.0.12', podCidr: '10.42.1.0/24' },
      ],
      serviceCidr: '10.43.0.0/16',
      apiServer: { host: '10.99.0.11', port: 6443 },
      ranges: { dnsIp: '10.43.0.10' },
    })
    const loopbacks = ['10.42.0.2', '10.42.1.2', '10.99.0.11'].map(underlay.loopbackOf)
    expect(loopbacks).toEqual(['127.44.0.2', '127.44.1.2', '127.45.0.11'])
    await underlay.stop()
  })
})

describe.skipIf(missing)(`a network namespace ${missing ?? ''}`, () => {
  it('is gone with its last holder, and the agent with the process that started it', async () => {
    const holder = spawnHolder()
    const [line] = await once(holder.stdout ?? process.stdin, 'data')
    const [agentPid = '', inode] = String(line).trim().split(' ')
    expect(inode).toMatch(/^net:\[\d+\]$/)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    await expect.poll(() => existsSync(`/proc/${agentPid}`), { timeout: 15_000 }).toBe(false)
  })

  it('answers nothing any more when its agent was killed, and says so', async () => {
    const doomed = await startNetworkAgent()
    const lost = new Promise<void>((resolve) => doomed.onLost(resolve))
    const namespace = await doomed.createNamespace(['10.42.0.0/16'])
    process.kill(Number(namespace.enter.join(' ').match(/proc\/(\d+)\/fd/)?.[1]), 'SIGKILL')
    await lost
    await expect(namespace.connect({ host: '10.42.0.2', port: 80 }, {})).rejects.toThrow('the network agent has ended')
    await namespace.remove()
    await doomed.stop()
  })

  afterAll(async () => {
    if (!(agent instanceof Error)) await agent.stop()
  })
})

/** A process with a namespace, which says who its agent is and which namespace it made. */
function spawnHolder(): ChildProcess {
  const module = new URL('./network-agent.ts', import.meta.url).href
  const script = `const { startNetworkAgent } = await import(${JSON.stringify(module)})
const { readlinkSync } = await import('node:fs')
const agent = await startNetworkAgent()
const { enter } = await agent.createNamespace(['10.42.0.0/16'])
const path = enter.find((part) => part.startsWith('--net=')).slice(6)
console.log(path.split('/')[2], readlinkSync(path))
setInterval(() => {}, 1000)`
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
