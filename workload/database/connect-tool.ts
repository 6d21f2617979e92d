// How psql and pg_isready reach a server from inside a container: by its socket, or through the pod's network.
import { existsSync, readdirSync } from 'node:fs'
import { connect as connectSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import type { ToolContext } from '../../lab-server/src/cluster/kubelet/container-runtime.ts'
import { socketFolders } from './launch.ts'

/** Where to connect: `host` is a name, an address, or a folder with a socket when it starts with `/`. */
export interface Target {
  host: string
  port: string
}

const socketFolder = '/var/run/postgresql'

/** The target that options and environment name; without any it is the server's own socket. */
export function targetOf(options: { host?: string; port?: string }, env: Record<string, string>): Target {
  return { host: options.host || env.PGHOST || socketFolder, port: options.port || env.PGPORT || '5432' }
}

/** Opens the connection; errors carry Node's `code`. */
export function openConnection(target: Target, context: ToolContext): Promise<Socket> {
  if (!target.host.startsWith('/')) return context.connect(target.host, Number(target.port))
  const name = `.s.PGSQL.${target.port}`
  const folders = socketFolders(context.hostPath(target.host))
  const path = folders.flatMap((folder) => findSocket(folder, name)).at(0)
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ path: path ?? join(folders[0] ?? socketFolder, name) })
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** The named socket; or the only one, where the machine made the server take another port than the container's. */
function findSocket(folder: string, name: string): string[] {
  if (existsSync(join(folder, name))) return [join(folder, name)]
  if (name !== '.s.PGSQL.5432') return []
  try {
    const others = readdirSync(folder).filter((entry) => /^\.s\.PGSQL\.\d+$/.test(entry))
    return others.slice(0, 1).map((entry) => join(folder, entry))
  } catch {
    return []
  }
}
