// Binds claims to volumes as upstream's persistent volume controller does, and says why one is still pending.
import type { Client } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../objects/types.ts'
import { type ControllerContext, defineController, keyOf, mapKind } from '../runtime.ts'
import type { RunResult } from '../work-queue.ts'
import {
  annotations,
  claimNamesOf,
  classNameOf,
  findClass,
  findVolume,
  isReservedFor,
  waitsForConsumer,
} from './volumes.ts'

const component = 'persistentvolume-controller'
/** Upstream looks at pending claims again at this interval, and counts its Event up each time. */
const resyncMs = 15_000

/** Finds or asks for a volume for each claim. */
export const volumeBinder = defineController({
  kind: 'PersistentVolumeClaim',
  watches: [
    mapKind('PersistentVolume', ({ object }, { client }) => {
      const { claimRef } = object.spec ?? {}
      if (claimRef?.name) return [{ namespace: claimRef.namespace ?? '', name: claimRef.name }]
      return client
        .list('PersistentVolumeClaim')
        .filter(({ spec }) => !spec?.volumeName)
        .map(keyOf)
    }),
    mapKind('StorageClass', ({ object }, { client }) =>
      client
        .list('PersistentVolumeClaim')
        .filter((claim) => classNameOf(claim) === object.metadata.name)
        .map(keyOf),
    ),
  ],
  async reconcile(claim, context) {
    const { volumeName } = claim.spec ?? {}
    if (!volumeName) return seekVolume(claim, context)
    const volume = context.client.find('PersistentVolume', { name: volumeName })
    if (volume && (isReservedFor(volume, claim) || !volume.spec?.claimRef)) return bind(claim, volume, context)
    if (claim.metadata.annotations?.[annotations.bindCompleted]) return markLost(claim, context)
    await writePhase(claim, 'Pending', context.client)
    return { requeueAfterMs: resyncMs }
  },
})

async function seekVolume(claim: PersistentVolumeClaim, context: ControllerContext): Promise<RunResult | undefined> {
  const { client } = context
  const storageClass = findClass(client, claim)
  const isDelayed = waitsForConsumer(storageClass) && !claim.metadata.annotations?.[annotations.selectedNode]
  const candidates = client.list('PersistentVolume')
  const volume = findVolume(claim, isDelayed ? candidates.filter((one) => isReservedFor(one, claim)) : candidates)
  if (volume) return bind(claim, volume, context)

  await writePhase(claim, 'Pending', client)
  const report = (type: 'Normal' | 'Warning', reason: string, message: string) => {
    if (context.news.isNew(claim, message, { everyMs: resyncMs }))
      client.report(claim, { type, reason, message, component })
  }
  if (isDelayed) {
    const { reason, message } = waitingText(claim, client)
    report('Normal', reason, message)
  } else if (!classNameOf(claim)) {
    report('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  } else if (!storageClass) {
    report('Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${classNameOf(claim)}" not found`)
  } else if (storageClass.provisioner === 'kubernetes.io/no-provisioner') {
    report('Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set')
  } else {
    await askProvisioner(claim, storageClass.provisioner, client)
    report('Normal', 'ExternalProvisioning', provisioningText(storageClass.provisioner))
  }
  return { requeueAfterMs: resyncMs }
}

function provisioningText(provisioner: string): string {
  return `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
}

function waitingText(claim: PersistentVolumeClaim, client: Client) {
  const { name = '', namespace = '' } = claim.metadata
  const pods = client
    .list('Pod', { namespace })
    .filter((pod) => !pod.spec?.nodeName && claimNamesOf(pod).includes(name))
    .map(({ metadata }) => metadata.name)
  if (pods.length === 0) {
    return { reason: 'WaitForFirstConsumer', message: 'waiting for first consumer to be created before binding' }
  }
  const which = pods.length === 1 ? `pod ${pods[0]}` : `pods ${pods.join(',')}`
  return { reason: 'WaitForPodScheduled', message: `waiting for ${which} to be scheduled` }
}

async function askProvisioner(claim: PersistentVolumeClaim, provisioner: string, client: Client): Promise<void> {
  if (claim.metadata.annotations?.[annotations.provisioner] === provisioner) return
  await client.patch('PersistentVolumeClaim', keyOf(claim), {
    metadata: {
      annotations: { [annotations.provisioner]: provisioner, [annotations.betaProvisioner]: provisioner },
    },
  })
}

/** Writes both ends of the bond: the volume's reference first, so that no other claim takes it. */
async function bind(claim: PersistentVolumeClaim, volume: PersistentVolume, { client, clock }: ControllerContext) {
  const volumeKey = keyOf(volume)
  const { namespace, name, uid, resourceVersion } = claim.metadata
  if (volume.spec?.claimRef?.uid !== uid) {
    const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion }
    // A volume that its maker reserved stays its maker's; one that we chose may be given up again.
    const byController = volume.spec?.claimRef ? {} : { [annotations.boundByController]: 'yes' }
    await client.patch('PersistentVolume', volumeKey, { metadata: { annotations: byController }, spec: { claimRef } })
  }
  if (volume.status?.phase !== 'Bound') {
    const lastPhaseTransitionTime = formatTime(clock.now())
    await client.writeStatus(volume, { ...volume.status, phase: 'Bound', lastPhaseTransitionTime })
  }
  if (!claim.spec?.volumeName || !claim.metadata.annotations?.[annotations.bindCompleted]) {
    const chosen = claim.spec?.volumeName ? {} : { [annotations.boundByController]: 'yes' }
    await client.patch('PersistentVolumeClaim', keyOf(claim), {
      metadata: { annotations: { [annotations.bindCompleted]: 'yes', ...chosen } },
      spec: { volumeName: volume.metadata.name },
    })
  }
  const { accessModes, capacity } = volume.spec ?? {}
  await client.writeStatus(claim, { ...claim.status, phase: 'Bound', accessModes, capacity })
  return undefined
}

async function markLost(claim: PersistentVolumeClaim, { client }: ControllerContext): Promise<undefined> {
  if (claim.status?.phase === 'Lost') return undefined
  await client.writeStatus(claim, { phase: 'Lost' })
  const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!'
  client.report(claim, { type: 'Warning', reason: 'ClaimLost', message, component })
  return undefined
}

async function writePhase(claim: PersistentVolumeClaim, phase: string, client: Client): Promise<void> {
  if (claim.status?.phase !== phase) await client.writeStatus(claim, { ...claim.status, phase })
}
