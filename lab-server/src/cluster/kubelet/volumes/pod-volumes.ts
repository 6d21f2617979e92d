// A pod's volumes on the host: set up before its containers, kept up to date, removed with it.
import { chmod, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod, Volume } from '../../objects/types.ts'
import type { NodeAllocatable } from '../env/field-ref.ts'
import type { KubeletContext } from '../kubelet-context.ts'
import { writeAtomically } from './atomic-writer.ts'
import { ClaimError, setUpClaim, setUpEmptyDir, setUpHostPath } from './host-volume.ts'
import { makeTokenCache } from './token-cache.ts'
import { MountError, type PayloadSources, volumePayload } from './volume-payload.ts'

/** A volume that could not be set up; `message` is the Event's. */
export interface VolumeFailure {
  volume: string
  message: string
}

/** The volumes of one pod. */
export interface PodVolumes {
  /** Host folder (or file) by volume name. */
  paths: Map<string, string>
  /** Sets up what is missing; returns what failed, empty when every volume is there. */
  setUp(pod: Pod, addresses: { podIp: string }): Promise<VolumeFailure[]>
  /** Writes changed ConfigMaps, Secrets and labels into volumes that are set up. */
  refresh(pod: Pod, addresses: { podIp: string }): Promise<void>
  /** Removes the pod's own folders; claims and host paths stay. */
  remove(): Promise<void>
}

const folders: [keyof Volume, string][] = [
  ['emptyDir', 'empty-dir'],
  ['configMap', 'configmap'],
  ['secret', 'secret'],
  ['projected', 'projected'],
  ['downwardAPI', 'downward-api'],
]

/** Makes the volumes of the pod with `podUid`; nothing happens before `setUp`. */
export function makePodVolumes(context: KubeletContext, podUid: string, allocatable: NodeAllocatable): PodVolumes {
  const { client, clock, dataDir, hostDir, network } = context
  const issueToken = context.issueToken && makeTokenCache(clock, context.issueToken)
  const podDir = join(dataDir, 'pods', podUid)
  const paths = new Map<string, string>()
  let serial = 0

  const sourcesFor = (pod: Pod, podIp: string): PayloadSources => ({
    pod,
    client,
    allocatable,
    addresses: { podIp, hostIp: network.nodeIp },
    ...(issueToken ? { issueToken } : {}),
  })

  const setUpOne = async (volume: Volume, sources: PayloadSources): Promise<string> => {
    const plugin = folders.find(([field]) => volume[field] !== undefined)?.[1] ?? 'empty-dir'
    const dir = join(podDir, 'volumes', `kubernetes.io~${plugin}`, volume.name)
    const payload = await volumePayload(volume, sources)
    if (payload) {
      await writeAtomically(dir, payload, { nowMs: clock.now(), serial: ++serial })
      return dir
    }
    const { pod } = sources
    if (volume.hostPath) return setUpHostPath(volume.hostPath, hostDir)
    if (volume.persistentVolumeClaim) {
      return setUpClaim(volume.persistentVolumeClaim.claimName, { pod, client, hostDir })
    }
    if (volume.ephemeral) return setUpClaim(`${pod.metadata.name}-${volume.name}`, { pod, client, hostDir })
    const isEmptyDir = volume.emptyDir || Object.keys(volume).length === 1
    if (!isEmptyDir) throw new ClaimError('no volume plugin matched')
    await setUpEmptyDir(dir)
    return dir
  }

  return {
    paths,
    async setUp(pod, { podIp }) {
      const failures: VolumeFailure[] = []
      await mkdir(podDir, { recursive: true })
      await chmod(podDir, 0o755)
      for (const volume of pod.spec?.volumes ?? []) {
        if (paths.has(volume.name)) continue
        try {
          paths.set(volume.name, await setUpOne(volume, sourcesFor(pod, podIp)))
        } catch (error) {
          failures.push({ volume: volume.name, message: failureMessage(volume.name, error) })
        }
      }
      return failures
    },
    async refresh(pod, { podIp }) {
      for (const volume of pod.spec?.volumes ?? []) {
        const dir = paths.get(volume.name)
        if (!dir) continue
        // A source that has gone leaves the last content in place, as upstream does.
        const payload = await volumePayload(volume, sourcesFor(pod, podIp)).catch(() => undefined)
        if (payload) await writeAtomically(dir, payload, { nowMs: clock.now(), serial: ++serial })
      }
    },
    async remove() {
      await rm(podDir, { recursive: true, force: true })
      paths.clear()
    },
  }
}

function failureMessage(volume: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof ClaimError) {
    return `Unable to attach or mount volumes: unmounted volumes=[${volume}], unattached volumes=[], failed to process volumes=[${volume}]: ${text}`
  }
  return `MountVolume.SetUp failed for volume "${volume}" : ${error instanceof MountError ? text : `${text}`}`
}
