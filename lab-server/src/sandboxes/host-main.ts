// The process in which all embedded clusters of a lab live, beside the web server. Started by
// embedded-sandboxes.ts; ends when told to, or when no lab has spoken to it for a while.
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { makeClock } from '../cluster/clock.ts'
import type { Cluster } from '../cluster/index.ts'
import { chooseNetwork, type NetworkWish } from '../cluster/network/choose-network.ts'
import { serveHost } from './host-server.ts'
import { idleExitMs } from './protocol.ts'

const [socketPath, dataDir, wish = 'auto', speed = '1'] = process.argv.slice(2)
if (!socketPath || !dataDir) throw new Error('usage: host-main.ts SOCKET DATA_DIR [NETWORK [SPEED]]')

// The agent of the network starts while the clusters' own modules are loaded.
const [network, { startCluster }] = await Promise.all([
  chooseNetwork(wish as NetworkWish).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }),
  import('../cluster/index.ts'),
])
// Without it no cluster can be reached any more: the lab starts this process again, and with it the clusters.
network.agent?.onLost(() => void end(1))
const clusters = new Map<string, { startedAtMs: number; cluster: Promise<Cluster> }>()
const folderOf = (id: string) => join(dataDir, id)

function start(id: string) {
  const startedAtMs = Date.now()
  const clock = makeClock(Number(speed), startedAtMs)
  return { startedAtMs, cluster: startCluster({ dataDir: folderOf(id), images, clock, networkAgent: network.agent }) }
}

const server = await serveHost(socketPath, {
  async open(id) {
    const starting = clusters.get(id) ?? start(id)
    clusters.set(id, starting)
    try {
      const { kubeconfig, url, ingressUrl, networkLevel } = await starting.cluster
      return { id, kubeconfig, url, ingressUrl, networkLevel, startedAtMs: starting.startedAtMs }
    } catch (error) {
      clusters.delete(id)
      throw error
    }
  },
  exists: async (id) => clusters.has(id) || existsSync(folderOf(id)),
  list: () => readdir(dataDir).catch(() => []),
  network: () => ({ level: network.level, ...(network.reason === undefined ? {} : { reason: network.reason }) }),
  async remove(id) {
    const running = clusters.get(id)
    clusters.delete(id)
    await (await running?.cluster.catch(() => undefined))?.stop()
    // A process that is just ending may still write: try again instead of giving up.
    await rm(folderOf(id), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  },
  stop: () => end(0),
})

let idle: NodeJS.Timeout | undefined
server.onHolders((holders) => {
  clearTimeout(idle)
  if (holders === 0) idle = setTimeout(() => void end(0), idleExitMs)
})

async function end(code: number): Promise<void> {
  await Promise.allSettled([...clusters.values()].map(async ({ cluster }) => (await cluster).stop()))
  await network.stop()
  await server.close()
  process.exit(code)
}

// Ctrl-C reaches the whole group: the lab decides in which order things end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => void end(0))
process.on('uncaughtException', (error) => {
  process.stderr.write(`clusters: ${error.stack}\n`)
})
process.on('unhandledRejection', (error) => {
  process.stderr.write(`clusters: ${error instanceof Error ? error.stack : String(error)}\n`)
})
process.send?.('ready')
process.disconnect?.()
