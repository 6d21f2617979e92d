import { matchesPairs } from '../../objects/selectors.ts'
import type { ReplicaSet, ReplicationController } from '../../objects/types.ts'
import { controllerOf } from '../ownership.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'
import { reconcileReplicas } from './replica-set-controller.ts'

/** Keeps the pods of ReplicationControllers: ReplicaSets of an older shape. */
export const replicationController = defineController({
  kind: 'ReplicationController',
  owns: ['Pod'],
  watches: [
    mapKind('Pod', ({ object }, { client }) => {
      if (controllerOf(object) || object.metadata.deletionTimestamp) return []
      const { namespace = '', labels } = object.metadata
      return client
        .list('ReplicationController', { namespace })
        .filter(({ spec }) => matchesPairs(spec?.selector, labels))
        .map(keyOf)
    }),
  ],
  reconcile: (controller, context) => reconcileReplicas(asReplicaSet(controller), context, 'replication-controller'),
})

function asReplicaSet(controller: ReplicationController): ReplicaSet {
  const { selector = {}, ...spec } = controller.spec ?? {}
  return { ...controller, spec: { ...spec, selector: { matchLabels: selector } } } as ReplicaSet
}
