// A sandboxed shell has a network of its own, with nothing in it. This opens listening sockets inside
// that network which are served out here: the shell reaches its API server and nothing else.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Server } from 'node:net'

export interface HostAndPort {
  host: string
  port: number
}

/** An open way out of a sandbox's network. */
export interface NetworkDoor {
  close(): void
}

const listener = new URL('./listen-inside.js', import.meta.url).pathname

/**
 * Listens at each `listen` address inside the network namespace of process `pid` and connects callers
 * to `target` on this machine. A short-lived child enters the namespace, binds, and passes the sockets back.
 */
export async function openNetworkDoor(
  pid: number,
  ways: { listen: HostAndPort; target: HostAndPort }[],
): Promise<NetworkDoor> {
  const asRoot = process.getuid?.() === 0
  const enter = asRoot
    ? [`--net=/proc/${pid}/ns/net`]
    : [`--user=/proc/${pid}/ns/user`, `--net=/proc/${pid}/ns/net`, '--preserve-credentials']
  const child = fork(
    listener,
    ways.map(({ listen }) => `${listen.host}:${listen.port}`),
    {
      execPath: 'nsenter',
      execArgv: [...enter, process.execPath, '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH ?? '' },
    },
  )
  const servers: Server[] = []
  child.on('message', (index: number, server: unknown) => {
    const way = ways[index]
    if (!way || !server) return
    const inside = server as Server
    servers.push(inside)
    inside.on('connection', (socket) => {
      const out = connect(way.target)
      socket.on('error', () => out.destroy())
      out.on('error', () => socket.destroy())
      socket.pipe(out).pipe(socket)
    })
  })
  const [code] = await once(child, 'exit')
  if (code !== 0 || servers.length === 0) throw new Error(`the shell's network could not be connected (code ${code})`)
  return {
    close() {
      for (const server of servers) server.close()
    },
  }
}
