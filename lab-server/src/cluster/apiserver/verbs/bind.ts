import type { ObjectKey } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject, Pod, PodCondition } from '../../objects/types.ts'
import { plainCopy } from '../../store/frozen-json.ts'
import { conflict, invalid } from '../errors.ts'
import type { RegistryCore } from '../registry-core.ts'
import type { WriteContext } from '../request-context.ts'
import { updateObject } from './update.ts'

/** Assigns a pod to a node, once: what the scheduler does through `pods/binding`. */
export function bindPod(
  core: RegistryCore,
  kind: KindDefinition,
  key: ObjectKey,
  input: { nodeName: string | undefined; uid?: string; annotations?: Record<string, string>; context: WriteContext },
): Promise<KubeObject> {
  const { nodeName, uid, annotations, context } = input
  if (!nodeName) {
    const field = { field: 'target.name', type: 'FieldValueRequired' as const, message: 'Required value' }
    throw invalid({ group: '', kind: 'Binding' }, key.name, [field])
  }
  return updateObject(core, kind, key, {
    context,
    subresource: 'binding',
    change(current) {
      const pod = plainCopy(current) as unknown as Pod
      const refuse = (why: string) => conflict({ group: '', plural: 'pods/binding' }, key.name, why)
      if (uid && uid !== pod.metadata.uid) {
        const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`
        throw refuse(why)
      }
      if (pod.metadata.deletionTimestamp) throw refuse(`pod ${key.name} is being deleted, cannot be assigned to a host`)
      if (pod.spec?.nodeName) throw refuse(`pod ${key.name} is already assigned to node "${pod.spec.nodeName}"`)
      if (pod.spec?.schedulingGates?.length) throw refuse(`pod ${key.name} has non-empty .spec.schedulingGates`)
      if (pod.spec) pod.spec.nodeName = nodeName
      if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations }
      pod.status = { ...pod.status, conditions: withScheduled(pod, core.clock.now()) }
      return pod as unknown as KubeObject
    },
  })
}

function withScheduled(pod: Pod, nowMs: number): PodCondition[] {
  const condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(nowMs),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  } as unknown as PodCondition
  return [...(pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled'), condition]
}
