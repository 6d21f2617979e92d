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
  /** URL of the module that pods load before their program. */
  readonly preload: string
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

/** Makes the folder of the cluster with this index; one that a killed cluster of the same index left is removed. */
export function makeNetworkFolder(index: number): NetworkFolder {
  const prefix = `cluster-network-${index}-`
  removeStale(prefix)
  const folder = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(folder, 0o755)
  const routesFile = join(folder, 'routes.json')
  const socketsFolder = join(folder, 'sockets')
  const ingressLogFile = join(folder, 'ingress.log')
  mkdirSync(socketsFolder)
  chmodSync(socketsFolder, 0o1733) // Any user may add a socket; none may list or remove those of others.
  writeFileSync(ingressLogFile, '', { mode: 0o644 })

  let published = ''
  return {
    preload: publishPreload(folder),
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

/** Whoever holds the index owns its folders: what lies there under our user is left from a cluster that was killed. */
function removeStale(prefix: string): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const path = join(tmpdir(), name)
    if (lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.())
      rmSync(path, { recursive: true, force: true })
  }
}
