// What every part of one node's kubelet shares.
import type { Client } from '../client.ts'
import type { Clock } from '../clock.ts'
import type { Network } from '../network/network.ts'
import type { ContainerRuntime, Image } from './container-runtime.ts'
import type { NodePressure } from './node/node-object.ts'

/** What a projected `serviceAccountToken` asks for. */
export interface TokenRequest {
  namespace: string
  serviceAccountName: string
  podName: string
  podUid: string
  audience?: string
  expirationSeconds: number
}

/** What a kubelet is started with. */
export interface KubeletOptions {
  client: Client
  clock: Clock
  runtime: ContainerRuntime
  network: Network
  nodeName: string
  /** Pods' volumes live here. Persistent volumes live in `hostDir`, which several nodes may share. */
  dataDir: string
  /** Stands for the node's own file system; `<dataDir>/host` unless given. */
  hostDir?: string
  /** Table of images, for the node's status and for what a registry would answer. */
  images?: Image[]
  /** Whether a registry answers; yes unless given. */
  hasRegistry?: boolean
  /** Issues tokens for projected volumes; without it they are left out. */
  issueToken?(request: TokenRequest): Promise<string>
  /** What the node runs short of; the machine's own state unless given. */
  pressure?(): NodePressure
  /** How soon changed ConfigMaps and Secrets reach volumes; upstream's is about a minute. */
  volumeSyncMs?: number
  /** From 0 to 1, to spread what would happen at once; chance unless given. */
  random?(): number
}

/** The options with every default filled in. */
export interface KubeletContext extends KubeletOptions {
  hostDir: string
  images: Image[]
  volumeSyncMs: number
  hasRegistry: boolean
  random(): number
}
