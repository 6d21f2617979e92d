import type { Deployment, ReplicaSet } from '../../objects/types.ts'
import { type ControllerContext, keyOf } from '../runtime.ts'
import { component, scalingMessage } from './events.ts'
import { sizeAnnotations } from './replica-set-annotations.ts'
import { sizeOf } from './replica-set-facts.ts'
import type { Resize } from './rolling-update-plan.ts'

/** Sizes a ReplicaSet and reports it; returns the ReplicaSet as it is then. */
export async function scaleReplicaSet(
  deployment: Deployment,
  { replicaSet, size }: Resize,
  { client }: ControllerContext,
): Promise<ReplicaSet> {
  const wanted = sizeAnnotations(deployment)
  const hasAnnotations = Object.entries(wanted).every(
    ([name, value]) => replicaSet.metadata.annotations?.[name] === value,
  )
  const from = sizeOf(replicaSet)
  if (from === size && hasAnnotations) return replicaSet
  const scaled = await client.patch('ReplicaSet', keyOf(replicaSet), {
    metadata: { annotations: wanted },
    ...(from === size ? {} : { spec: { replicas: size } }),
  })
  if (from !== size) {
    const message = scalingMessage(replicaSet, from, size)
    client.report(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message, component })
  }
  return scaled
}
