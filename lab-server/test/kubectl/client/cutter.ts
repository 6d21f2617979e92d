// A wire between a client and its server that can be cut, as networks do.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Passes bytes on, until told otherwise. */
export interface Cutter {
  url: string
  /** Breaks every connection there is, and with `refuse` all new ones until `mend`. */
  cut(options?: { refuse?: boolean }): void
  mend(): void
  stop(): Promise<void>
}

/** Starts one on a port of this machine. */
export async function startCutter(target: URL): Promise<Cutter> {
  const sockets = new Set<Socket>()
  let isRefusing = false
  const server = createServer((near) => {
    if (isRefusing) return near.destroy()
    const far = connect(Number(target.port || 443), target.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = ({ refuse = false } = {}) => {
    isRefusing = refuse
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      isRefusing = false
    },
    async stop() {
      cut({ refuse: true })
      server.close()
      await once(server, 'close')
    },
  }
}
