// Ports of the cluster that this machine does not let a pod have, and where they are instead: above the range that
// the kernel gives to outgoing connections.

/** What decides where a port is. */
export interface PortRules {
  /** Ports from here on may be bound by anybody; lower ones are for root on most machines. */
  firstFree: number
  /** Ports that a server of the machine held on all addresses when the cluster started, and their substitutes. */
  moved: Record<string, number>
}

const lowBase = 61_000
const lowest = 1024
const movedBase = 62_100
const mostMoved = 800

/** Plans the ports of a cluster around those that the machine holds. */
export function planPorts(firstFree: number, heldPorts: number[]): PortRules {
  const low = Math.min(firstFree, lowest)
  const inTheWay = heldPorts.map((port) => (port >= lowBase ? port - lowBase : port)).filter((port) => port > 0)
  const conflicts = inTheWay.filter((port) => heldPorts.includes(port < low ? lowBase + port : port))
  return {
    firstFree: low,
    moved: Object.fromEntries(conflicts.slice(0, mostMoved).map((port, index) => [port, movedBase + index])),
  }
}

/** The port of this machine behind a port of the cluster. */
export function hostPortOf(port: number, { firstFree, moved }: PortRules): number {
  return moved[port] ?? (port > 0 && port < firstFree ? lowBase + port : port)
}
