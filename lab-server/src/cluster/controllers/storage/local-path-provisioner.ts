// The provisioner behind the class `local-path`: a folder on the node for each claim, as rancher.io/local-path makes.
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../objects/types.ts'
import { type ControllerContext, defineController, keyOf } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import { annotations, findClass, requestOf, waitsForConsumer } from './volumes.ts'

const provisioner = 'rancher.io/local-path'
const component = 'rancher.io/local-path_local-path-provisioner'
/** How long the provisioner waits after a refusal before it tries, and says so, again. */
const retryMs = 15_000
const singleNodeModes = ['ReadWriteOnce', 'ReadWriteOncePod']
const selectedNodeAnnotation = 'local.path.provisioner/selected-node'

/** Makes a folder and a PersistentVolume for each claim that asks for one. */
export const localPathProvisioner = defineController({
  kind: 'PersistentVolumeClaim',
  component: 'local-path-provisioner',
  async reconcile(claim, context): Promise<RunResult | undefined> {
    if (claim.spec?.volumeName || claim.metadata.annotations?.[annotations.provisioner] !== provisioner)
      return undefined
    const storageClass = findClass(context.client, claim)
    const node = claim.metadata.annotations?.[annotations.selectedNode]
    if (!storageClass || (waitsForConsumer(storageClass) && !node)) return undefined
    return provision(claim, { storageClass, node }, context)
  },
})

async function provision(
  claim: PersistentVolumeClaim,
  { storageClass, node }: { storageClass: StorageClass; node: string | undefined },
  { client, options: { volumesDir, hostDir }, news }: ControllerContext,
): Promise<RunResult | undefined> {
  if (volumesDir === undefined) return undefined
  const { namespace, name, uid } = claim.metadata
  const volumeName = `pvc-${uid}`
  if (client.find('PersistentVolume', { name: volumeName })) return undefined
  const report = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    client.report(claim, { type, reason, message, component })

  const refusal = planRefusal(claim, node)
  const isNews = news.isNew(claim, refusal ?? 'provisioning', { everyMs: retryMs })
  if (isNews)
    report('Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${namespace}/${name}"`)
  if (refusal) {
    const message = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${refusal}`
    if (isNews) report('Warning', 'ProvisioningFailed', message)
    return { requeueAfterMs: retryMs }
  }
  const path = join(volumesDir, `${volumeName}_${namespace}_${name}`)
  if (hostDir) await mkdir(join(hostDir, path), { recursive: true, mode: 0o777 })
  await client.create(planVolume(claim, { storageClass, node, path }))
  report('Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`)
  return undefined
}

/** Why this provisioner cannot serve the claim, in its own words. */
export function planRefusal(claim: PersistentVolumeClaim, node: string | undefined): string | undefined {
  if (claim.spec?.selector) return 'claim.Spec.Selector is not supported'
  if ((claim.spec?.accessModes ?? []).some((mode) => !singleNodeModes.includes(mode))) {
    return 'NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes'
  }
  return node ? undefined : 'configuration error, no node was specified'
}

/** The volume for a claim on a node. */
export function planVolume(
  claim: PersistentVolumeClaim,
  { storageClass, node = '', path }: { storageClass: StorageClass; node: string | undefined; path: string },
): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const nodeTerm = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: `pvc-${uid}`,
      annotations: { [selectedNodeAnnotation]: node, [annotations.provisionedBy]: provisioner },
      finalizers: ['kubernetes.io/pv-protection'],
    },
    spec: {
      accessModes: claim.spec?.accessModes ?? [],
      capacity: { storage: requestOf(claim) },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        ...(namespace ? { namespace } : {}),
        ...(name ? { name } : {}),
        ...(uid ? { uid } : {}),
        ...(resourceVersion ? { resourceVersion } : {}),
      },
      hostPath: { path, type: 'DirectoryOrCreate' },
      nodeAffinity: { required: { nodeSelectorTerms: [nodeTerm] } },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name ?? '',
      volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
    },
  }
}

/** Deletes released volumes of this provisioner together with their folders. */
export const localPathReclaimer = defineController({
  kind: 'PersistentVolume',
  component: 'local-path-provisioner',
  async reconcile(volume, { client, options: { volumesDir, hostDir } }) {
    const isOurs = volume.metadata.annotations?.[annotations.provisionedBy] === provisioner
    const isDue = volume.status?.phase === 'Released' && volume.spec?.persistentVolumeReclaimPolicy === 'Delete'
    if (!isOurs || !isDue || volumesDir === undefined) return undefined
    const path = resolve(volume.spec?.hostPath?.path ?? '')
    // The path is an object's field, which somebody may have edited: never leave our own folder.
    const isInside = path.startsWith(resolve(volumesDir) + sep)
    if (hostDir && isInside) await rm(join(hostDir, path), { recursive: true, force: true })
    await client.remove('PersistentVolume', keyOf(volume))
    return undefined
  },
})
