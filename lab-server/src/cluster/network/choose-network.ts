// Which network level a process gives its clusters: tried at its start, told to whoever asked, never lowered in silence.
import { type NetworkAgent, startNetworkAgent } from './isolated/network-agent.ts'

/** `auto` takes the strongest that the machine gives. */
export const networkWishes = ['auto', 'isolated', 'portable'] as const
export type NetworkWish = (typeof networkWishes)[number]

export interface NetworkChoice {
  level: 'portable' | 'isolated'
  /** Why the level is not higher, where the machine is the reason. */
  reason?: string
  /** What `startCluster` needs for the isolated level. */
  agent?: NetworkAgent
  stop(): Promise<void>
}

/** Takes the level, or rejects with the reason when it was asked for by name and cannot be had. */
export async function chooseNetwork(wish: NetworkWish): Promise<NetworkChoice> {
  if (wish === 'portable') return { level: 'portable', stop: async () => {} }
  try {
    const agent = await startNetworkAgent()
    return { level: 'isolated', agent, stop: () => agent.stop() }
  } catch (error) {
    const reason = (error as Error).message
    if (wish === 'isolated') throw new Error(`The isolated network cannot be had on this machine: ${reason}`)
    return { level: 'portable', reason, stop: async () => {} }
  }
}

/** The level in words, for whoever started the process. */
export function describeNetwork({ level, reason }: Pick<NetworkChoice, 'level' | 'reason'>): string {
  if (level === 'isolated') return 'isolated'
  return reason === undefined ? 'portable' : `portable, because there are no network namespaces (${reason})`
}
