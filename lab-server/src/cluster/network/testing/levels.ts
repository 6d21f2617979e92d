// The levels that this machine can do, for tests that hold at each of them.
import { makeIsolatedUnderlay } from '../isolated/isolated-underlay.ts'
import { type NetworkAgent, startNetworkAgent } from '../isolated/network-agent.ts'
import { makePortableUnderlay } from '../underlay/portable-underlay.ts'
import type { Underlay } from '../underlay/underlay.ts'

export interface TestLevel {
  level: Underlay['level']
  /** Why tests of this level are skipped, if they are. */
  missing?: string
  makeUnderlay(nodes?: number): Promise<Underlay>
}

/** Finds out what can be done here; `stop` ends what that took. */
export async function findLevels(): Promise<{ levels: TestLevel[]; stop(): Promise<void> }> {
  const agent: NetworkAgent | Error = await startNetworkAgent().catch((error: Error) => error)
  const portable: TestLevel = { level: 'portable', makeUnderlay: (nodes = 1) => makePortableUnderlay(nodes) }
  if (agent instanceof Error) {
    const missing = `no network namespaces: ${agent.message}`
    return {
      levels: [portable, { level: 'isolated', missing, makeUnderlay: () => Promise.reject(agent) }],
      stop: async () => {},
    }
  }
  const isolated: TestLevel = { level: 'isolated', makeUnderlay: (nodes = 1) => makeIsolatedUnderlay(agent, nodes) }
  return { levels: [portable, isolated], stop: () => agent.stop() }
}
