// The files by which a cluster's network speaks to processes of other users: the preload, the routes, sockets.
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishPreload } from './publish-preload.ts'

export interface NetworkFolder {
  /** URL of the module that pods load before their program; published when first asked for. */
  preload(): string
  readonly routesFile: string
  /** For sockets whose own folders are too deep for a socket's address. */
  readonly socketsFolder: string
  readonly ingressLogFile: string
  /** Publishes routes, if they differ from the last ones. */
  writeRoutes(routes: object): void
  writeIngressLog(line: string): void
  remove(): void
}

const longestLog = 4 * 1024 * 1024

const prefix = 'embedded-network-'

/** Makes the folder of a cluster of this process; those of processes that were killed are removed. */
export function makeNetworkFolder(): NetworkFolder {
  removeStale()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  chmodSync(folder, 0o755)
  const routesFile = join(folder, 'routes.json')
  const socketsFolder = join(folder, 'sockets')
  const ingressLogFile = join(folder, 'ingress.log')
  mkdirSync(socketsFolder)
  chmodSync(socketsFolder, 0o1733) // Any user may add a socket; none may list or remove those of others.
  writeFileSync(ingressLogFile, '', { mode: 0o644 })

  let published = ''
  let preload: string | undefined
  return {
    preload() {
      preload ??= publishPreload(folder)
      return preload
    },
    routesFile,
    socketsFolder,
    ingressLogFile,
    writeRoutes(routes) {
      const text = JSON.stringify(routes)
      if (text === published) return
      published = text
      // By renaming, so that no pod ever reads half a table.
      writeFileSync(`${routesFile}.new`, text, { mode: 0o644 })
      renameSync(`${routesFile}.new`, routesFile)
    },
    writeIngressLog(line) {
      if (statSync(ingressLogFile).size > longestLog) writeFileSync(ingressLogFile, '')
      appendFileSync(ingressLogFile, `${line}\n`)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The name tells the process: what lies there under our user and has none is left from one that was killed. */
function removeStale(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue
    const path = join(tmpdir(), name)
    if (lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.())
      rmSync(path, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
