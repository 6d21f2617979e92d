// Runs containers as processes of this machine: an image's programs as host processes, everything else in the userland.
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../../clock.ts'
import type { RuntimeNetwork } from '../../network/network.ts'
import type { ContainerRuntime, ContainerSpec, Image } from '../container-runtime.ts'
import { containerEnv } from './container-env.ts'
import { rootDirOf } from './container-launcher.ts'
import { openLogWriter, rotatedPath } from './container-logs.ts'
import { giveMounts, layOutRoot } from './container-root.ts'
import { findHostIdentity, type HostUser, insideNetwork } from './host-user.ts'
import { makeImageTable } from './image-table.ts'
import { endedLog, makeLogBuffer } from './log-reader.ts'
import { makePidNamespaces } from './pid-namespaces.ts'
import { type StartedContainer, startContainer } from './running-container.ts'
import { noCommandError } from './start-error.ts'
import { stockImages } from './stock-images.ts'
import { makeUserlandPool } from './userland-process.ts'
import { startWatchdog } from './watchdog.ts'

export interface ProcessRuntimeOptions {
  /** The images that the cluster knows, beside the stock ones. */
  images: Image[]
  network: RuntimeNetwork
  /** Files, logs and notes of running processes live here. */
  dataDir: string
  clock: Clock
  /** Whom containers run as when the server is root; `nobody` by default. */
  unprivilegedUser?: HostUser
}

/** A runtime, and what an operator should know about it. */
export interface ProcessRuntime extends ContainerRuntime {
  readonly note?: string
}

// Databases like to be asked; whoever does not listen is not waited for.
const shutdownGraceMs = 1_000

const sourceFolder = fileURLToPath(new URL('../../..', import.meta.url))

/** Makes the runtime, after ending what an earlier one left behind. */
export function makeProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  const { network, dataDir, clock } = options
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const folders = [dataDir, sourceFolder, process.execPath]
  const identity = insideNetwork(findHostIdentity(folders, options.unprivilegedUser), network.enter)
  const group = { identity, watchdog: startWatchdog(join(dataDir, 'processes')) }
  const cacheDir = join(dataDir, 'compiled')
  mkdirSync(cacheDir, { recursive: true })
  if (identity.user) chownSync(cacheDir, identity.user.uid, identity.user.gid)
  const pool = makeUserlandPool({ ...group, cacheDir })
  const findImage = makeImageTable([...options.images, ...stockImages])
  const running = new Map<string, StartedContainer>()
  const namespaces = makePidNamespaces(
    () => running.values(),
    () => clock.now(),
  )
  const logPath = (id: string) => join(dataDir, 'logs', `${id}.log`)
  const shortId = (containerId: string) => containerId.replace(/^containerd:\/\//, '')
  let stopping = false

  return {
    note: identity.note,
    findImage,

    async start(spec) {
      if (stopping) throw new Error('the container runtime is stopping')
      const argv = commandLine(spec)
      if (argv.length === 0) throw noCommandError()
      const id = randomBytes(32).toString('hex')
      const rootDir = rootDirOf(dataDir, id)
      layOutRoot(rootDir, spec, identity.user, join(dataDir, 'tools'))
      giveMounts(spec.mounts, identity.user)
      const log = openLogWriter(logPath(id), clock)
      try {
        const { namespace, owner } = namespaces.enter(id, spec)
        const env = containerEnv(spec)
        const now = () => clock.now()
        const shared = { network, group, pool, clock, now }
        const container = await startContainer({ ...shared, id, spec, argv, rootDir, env, namespace, log })
        running.set(id, container)
        // With the first process of a namespace, all of it ends.
        void owner?.exited.then(() => container.kill())
        void container.exited.then(() => running.delete(id))
        return container
      } catch (error) {
        log.end()
        await removeFiles(id)
        throw error
      }
    },

    findLogs(containerId) {
      const path = logPath(shortId(containerId))
      return running.get(shortId(containerId))?.logs ?? (existsSync(path) ? makeLogBuffer(endedLog(path)) : undefined)
    },

    async remove(containerId) {
      const id = shortId(containerId)
      await running.get(id)?.kill()
      await removeFiles(id)
    },

    async stop() {
      stopping = true
      await Promise.all([...running.values()].map((container) => container.stop(shutdownGraceMs)))
      await pool.stop()
      await group.watchdog.stop()
    },
  }

  async function removeFiles(id: string): Promise<void> {
    namespaces.leave(id)
    await rm(join(dataDir, 'containers', id), { recursive: true, force: true })
    await rm(logPath(id), { force: true })
    await rm(rotatedPath(logPath(id)), { force: true })
  }
}

/** What runs: the pod's command replaces the entrypoint and drops the image's arguments. */
export function commandLine(spec: Pick<ContainerSpec, 'command' | 'args' | 'image'>): string[] {
  const command = spec.command.length > 0 ? spec.command : spec.image.entrypoint
  const imageArgs = spec.command.length > 0 ? [] : spec.image.cmd
  return [...command, ...(spec.args.length > 0 ? spec.args : imageArgs)]
}
