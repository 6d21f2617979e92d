// Which loopback addresses a node of the portable level lives on. Every node of the machine's clusters claims an index
// N of its own, so that 127.42.N.0/24 are its pods and 127.44.N.0/24 what these see as 127.0.0.1; 127.43.N.0/24 are
// the services of the cluster whose first node it is.
import { createServer } from 'node:net'

/** An index that nobody else on this machine has; `release` gives it back. */
export interface LoopbackRange {
  readonly index: number
  release(): Promise<void>
}

/** Nothing of a pod or service listens here; whoever holds it owns the index. */
const lockPort = 61_999
const indexes = 256

/** Claims `preferred`, else the first free index of the machine; throws when all are taken. */
export async function claimLoopbackRange(preferred?: number): Promise<LoopbackRange> {
  const order = [...(preferred === undefined ? [] : [preferred]), ...Array(indexes).keys()]
  for (const index of order) {
    const lock = createServer((socket) => socket.destroy())
    const isMine = await new Promise<boolean>((resolve, reject) => {
      lock.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') resolve(false)
        else reject(new Error(`cannot bind 127.42.${index}.1: ${error.message}`))
      })
      lock.listen({ host: `127.42.${index}.1`, port: lockPort, exclusive: true }, () => resolve(true))
    })
    if (!isMine) continue
    lock.unref()
    return { index, release: () => new Promise((resolve) => lock.close(() => resolve())) }
  }
  throw new Error(`all ${indexes} cluster networks of this machine are in use`)
}
