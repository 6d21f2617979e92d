// What the tools of the network say of a name that nobody knows.
import { type Task, ToolFailure } from '../task.ts'

export const badAddress = (tool: string, host: string) => new ToolFailure(`${tool}: bad address '${host}'`)

/** The first address of a name; fails in the tool's words, with the host as it was written, when there is none. */
export async function resolveHost({ system }: Task, tool: string, host: string, written = host): Promise<string> {
  const [address] = await system.network.resolve(host)
  if (address === undefined) throw badAddress(tool, written)
  return address
}
