// Low ports are forbidden to container processes on most machines: they live above the ephemeral range instead.

const base = 61_000
const lowest = 1024

/** The port of this machine behind a port of the cluster; `firstFree` is the first one that anybody may bind. */
export function hostPortOf(port: number, firstFree: number): number {
  return port > 0 && port < Math.min(lowest, firstFree) ? base + port : port
}
