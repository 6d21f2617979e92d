// What the entrypoint needs to know about the container it runs in, handed over in one variable.
import { createHash } from 'node:crypto'
import { join } from 'node:path'

export interface Launch {
  /** Folder of `initdb` and `postgres`, and where the loader finds their libraries. */
  binaries: string
  libraries: string
  /** Folder for what containers of this server share: finished data folders to copy. */
  templates?: string
  /** Command line inside the container. */
  argv: string[]
  /** Inside the container and on the host. */
  data: { container: string; host: string; isReadOnly: boolean }
  initScripts: string
  sockets: string
  podIp: string
  port: number
}

/** The variable that carries a Launch as JSON. */
export const launchVariable = 'DATABASE_LAUNCH'

const longestSocketName = '/.s.PGSQL.65535.lock'.length
const socketPathLimit = 107

/**
 * Folders where the server may put its socket, best first: a deep one does not fit into a socket's address.
 * `shortFolder` is removed with the cluster's network.
 */
export function socketFolders(hostPath: string, shortFolder = process.env.PODNET_SOCKETS ?? '/tmp'): string[] {
  const short = join(shortFolder, `pg-${createHash('sha256').update(hostPath).digest('hex').slice(0, 16)}`)
  return hostPath.length + longestSocketName > socketPathLimit ? [short] : [hostPath, short]
}

/**
 * The server's own arguments, for a process that shares the machine's loopback with other pods: `*` is the
 * pod's address and its private loopback, `localhost` only the latter.
 */
export function serverArguments(args: string[], launch: Launch, loopback: string): string[] {
  const addresses = (value: string) => [...new Set(expand(value))].join(',')
  const expand = (value: string) =>
    value
      .split(',')
      .map((name) => name.trim())
      .flatMap((name) => {
        if (['*', '0.0.0.0', '::'].includes(name)) return [launch.podIp, loopback]
        if (['localhost', '127.0.0.1', '::1'].includes(name)) return [loopback]
        return name === '' ? [] : [name]
      })
  const translate = (setting: string) => {
    const match = /^(--)?listen[-_]addresses=(.*)$/.exec(setting)
    return match ? `${match[1] ?? ''}listen_addresses=${addresses(match[2] ?? '').replaceAll("'", '')}` : setting
  }
  const given = args.map((arg, index) => {
    if (args[index - 1] === '-h') return addresses(arg)
    if (args[index - 1] === '-D') return launch.data.host
    return translate(arg)
  })
  return ['-D', launch.data.host, '-c', `listen_addresses=${addresses('*')}`, '-p', String(launch.port), ...given]
}
