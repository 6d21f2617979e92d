// Sandboxes that are whole embedded clusters, one per attempt.
import type { Sandbox, SandboxProvider } from '../lab/sandbox.ts'
import { connectHost } from './host-client.ts'
import type { HostedCluster, HostedNetwork } from './protocol.ts'

/** The provider, and how to end it with everything that it made. */
export interface EmbeddedSandboxes extends SandboxProvider {
  network: HostedNetwork
  stop(): Promise<void>
}

/** Starts the process for the clusters under `dataDir`, or finds the one of an earlier start. */
export async function startEmbeddedSandboxes(options: {
  dataDir: string
  network: string
  /** How much faster than life the clusters' clocks run; 1 when not set. */
  speed?: number
  onLog: (line: string) => void
}): Promise<EmbeddedSandboxes> {
  const { speed = 1 } = options
  const inUse = new Set<string>()
  // Clusters that somebody works in come back by themselves, from their folders and at their addresses.
  const revive = async () => {
    await Promise.all([...inUse].map((id) => host.ask('GET', `/clusters/${id}`)))
  }
  const host = await connectHost({
    ...options,
    onLost: () =>
      void revive().catch((error: Error) => options.onLog(`The clusters did not come back: ${error.message}`)),
  })
  const network = (await host.ask<HostedNetwork>('GET', '/network')) ?? { level: 'portable' }

  const remove = async (id: string) => {
    inUse.delete(id)
    await host.ask('DELETE', `/clusters/${id}`)
  }
  const sandboxOf = (cluster: HostedCluster): Sandbox => {
    inUse.add(cluster.id)
    const { hostname, port } = new URL(cluster.url)
    return {
      id: cluster.id,
      adminKubeconfig: cluster.kubeconfig,
      namespace: 'taskmaster',
      ingressUrl: cluster.ingressUrl,
      apiServer: { host: hostname, port: Number(port) },
      ...(speed !== 1 && {
        now: () => new Date(cluster.startedAtMs + (Date.now() - cluster.startedAtMs) * speed),
      }),
      release: () => remove(cluster.id),
    }
  }

  return {
    kind: 'embedded',
    network,
    async create(id) {
      const cluster = await host.ask<HostedCluster>('PUT', `/clusters/${id}`)
      if (!cluster) throw new Error(`The embedded cluster ${id} could not be made.`)
      return sandboxOf(cluster)
    },
    async find(id) {
      const cluster = await host.ask<HostedCluster>('GET', `/clusters/${id}`)
      return cluster && sandboxOf(cluster)
    },
    remove,
    list: async () => (await host.ask<string[]>('GET', '/clusters')) ?? [],
    stop: () => host.stop(),
  }
}
