// `lab cluster`: a Kubernetes API in a second, without Docker.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { makeClock } from '../cluster/clock.ts'
import { chooseNetwork, describeNetwork } from '../cluster/network/choose-network.ts'
import { ConfigError, parseNetwork, prepareDataDir } from '../config.ts'
import { requireEmbeddedParts } from '../sandboxes/embedded-parts.ts'
import { interrupted } from './interrupt.ts'
import { readNumber, readOptions } from './read-options.ts'

const help = `Usage: npm run lab -- cluster [OPTIONS]

Starts the embedded cluster alone and gives you its administrator's kubeconfig. Ctrl-C ends it.

  --kubeconfig FILE  where to write the kubeconfig when the cluster answers (otherwise its path is printed)
  --data-dir DIR     keep objects and volumes there; otherwise everything is gone at the end
  --port N           port of the API server on 127.0.0.1; 0 is any free one (0)
  --nodes N          how many nodes, 1 to 10 (1)
  --network LEVEL    isolated (its own addresses 10.42.0.0/16 and 10.43.0.0/16, out of reach of this machine's programs),
                     portable (loopback addresses that this machine's programs reach too), or auto (LAB_NETWORK, else auto)
  --speed X          how much faster than life the cluster's clock runs, 1 to 1000 (1)
`

const options = {
  kubeconfig: { type: 'string' },
  'data-dir': { type: 'string' },
  port: { type: 'string' },
  nodes: { type: 'string' },
  network: { type: 'string' },
  speed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

/** Runs a cluster until interrupted. */
export async function cluster(args: string[]): Promise<void> {
  const { values: given } = readOptions(args, options, help)
  if (given.help) {
    process.stdout.write(help)
    return
  }
  const port = readNumber('port', given.port ?? '0', { least: 0, most: 65535, whole: true })
  const nodes = readNumber('nodes', given.nodes ?? '1', { least: 1, most: 10, whole: true })
  const speed = readNumber('speed', given.speed ?? '1', { least: 1, most: 1000 })
  const wish = parseNetwork(given.network ?? process.env.LAB_NETWORK ?? 'auto')
  requireEmbeddedParts()
  const temporary = given['data-dir'] === undefined
  const dataDir = prepareDataDir(given['data-dir'] ?? (await mkdtemp(join(tmpdir(), 'lab-cluster-'))))
  const interruption = interrupted()
  // The agent of the network starts while the cluster's own modules are loaded.
  const [network, { startCluster }] = await Promise.all([
    chooseNetwork(wish).catch((error: Error) => {
      throw new ConfigError(error.message)
    }),
    import('../cluster/index.ts'),
  ])
  const lost = new Promise<never>((_resolve, reject) => {
    network.agent?.onLost(() => reject(new Error('The network of the cluster was lost: its agent has ended.')))
  })
  const running = await startCluster({
    dataDir,
    port,
    nodes,
    images,
    callsWebhookUrls: true,
    networkAgent: network.agent,
    clock: makeClock(speed),
    onUnexpected: (error, where) =>
      process.stderr.write(`${where}: ${error instanceof Error ? error.stack : String(error)}\n`),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new ConfigError(`Port ${port} is in use. Choose another with --port, or 0 for any free one.`)
  })
  const kubeconfig = resolve(given.kubeconfig ?? join(dataDir, 'kubeconfig'))
  try {
    await publish(kubeconfig, running.kubeconfig)
    process.stdout.write(
      `Kubernetes answers at ${running.url}\nNetwork: ${describeNetwork(network)}. Ingress: ${running.ingressUrl} (send the Host header of a rule).\n\n  export KUBECONFIG=${kubeconfig}\n  kubectl get nodes\n\nCtrl-C ends it.\n`,
    )
    await Promise.race([interruption, lost])
  } finally {
    await running.stop()
    await network.stop()
    if (temporary) await rm(dataDir, { recursive: true, force: true })
    if (given.kubeconfig && temporary) await rm(kubeconfig, { force: true })
  }
}

/** Whoever waits for the file must find it whole. */
async function publish(path: string, kubeconfig: string): Promise<void> {
  try {
    await writeFile(`${path}.new`, kubeconfig, { mode: 0o600 })
    await rename(`${path}.new`, path)
  } catch (error) {
    throw new ConfigError(`The kubeconfig could not be written to ${path}: ${(error as Error).message}`)
  }
}
