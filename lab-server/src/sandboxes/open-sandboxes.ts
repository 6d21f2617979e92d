// The sandboxes that the configuration asks for, and what scenarios find in them.
import type { Config } from '../config.ts'
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { unservedKinds } from '../lab/kubernetes/unserved-kinds.ts'
import type { SandboxProvider } from '../lab/sandbox.ts'
import type { Offer } from '../lab/scenarios/offered-scenarios.ts'
import type { ScenarioNeed } from '../lab/scenarios/scenario.ts'
import { requireEmbeddedParts } from './embedded-parts.ts'
import { startEmbeddedSandboxes } from './embedded-sandboxes.ts'
import { startNamespaceSandboxes } from './namespace-sandboxes.ts'
import { type NamespaceSettings, readNamespaceSettings } from './namespace-settings.ts'
import type { HostedNetwork } from './protocol.ts'

export interface OpenSandboxes extends SandboxProvider, Offer {
  /** How many sandboxes may be kept ahead of need. */
  warmPool: number
  /** The cluster in which students' shells run in pods; undefined where they run on this machine. */
  terminalCluster?: { api: KubernetesApi; settings: NamespaceSettings }
  /** The level of the embedded clusters' network. */
  network?: HostedNetwork
  stop(): Promise<void>
}

/** Opens embedded clusters or somebody's cluster. */
export async function openSandboxes(
  config: Pick<Config, 'cluster' | 'kubeconfig' | 'network' | 'dataDir' | 'warmPool'> & {
    speed?: number
    beforeWrite?: (() => Promise<void>) | undefined
  },
  onLog: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<OpenSandboxes> {
  const { dataDir, kubeconfig, network, warmPool, speed = 1, beforeWrite } = config
  if (config.cluster === 'embedded') {
    requireEmbeddedParts()
    const provider = await startEmbeddedSandboxes({ dataDir, network, speed, onLog })
    return { ...provider, has: new Set(['ingress', 'own-cluster']), lacks: new Set(), warmPool }
  }
  const settings = readNamespaceSettings(env, dataDir)
  const allowExec = env.LAB_ALLOW_EXEC_PLUGIN === '1'
  const provider = await startNamespaceSandboxes({ kubeconfig, settings, allowExec, beforeWrite, onLog })
  const has = new Set<ScenarioNeed>(settings.ingressUrl ? ['ingress'] : [])
  const lacks = await unservedKinds(provider.api)
  // The only namespace is the learner's: nothing can be kept ahead.
  const terminalCluster = settings.terminal === 'pod' ? { api: provider.api, settings } : undefined
  return { ...provider, has, lacks, terminalCluster, warmPool: settings.namespace === undefined ? warmPool : 0 }
}
