// What each ResourceQuota's namespace uses.
import { isDeepStrictEqual } from 'node:util'
import type { Client } from '../../client.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import { resourcesBehind, totalUsage } from '../../objects/quota.ts'
import type { KubeObject } from '../../objects/types.ts'
import { defineController, keyOf, mapKind } from '../runtime.ts'

/** Kinds whose changes are followed at once; others are counted at the next resync, as upstream does. */
const followed = ['Pod', 'Service', 'PersistentVolumeClaim', 'ConfigMap', 'Secret', 'ReplicationController'] as const
const resyncMs = 300_000

/** Keeps the `used` of ResourceQuotas. */
export const resourceQuotaController = defineController({
  kind: 'ResourceQuota',
  watches: followed.map((kind) =>
    mapKind(kind, ({ object }, { client }) =>
      client.list('ResourceQuota', { namespace: object.metadata.namespace ?? '' }).map(keyOf),
    ),
  ),
  async reconcile(quota, { client, options }) {
    const hard = quota.spec?.hard ?? {}
    const namespace = quota.metadata.namespace ?? ''
    const used = totalUsage(
      quota,
      countedObjects(client, namespace, { hard: Object.keys(hard), kinds: options.kinds() }),
    )
    if (!isDeepStrictEqual(quota.status, { hard, used })) await client.writeStatus(quota, { hard, used })
    return { requeueAfterMs: resyncMs }
  },
})

function* countedObjects(
  client: Client,
  namespace: string,
  { hard, kinds }: { hard: string[]; kinds: KindDefinition[] },
): Iterable<{ kind: KindDefinition; object: KubeObject }> {
  for (const qualified of new Set(hard.flatMap(resourcesBehind))) {
    const kind = kinds.find(({ group, plural }) => qualified === (group === '' ? plural : `${plural}.${group}`))
    if (!kind) continue
    const name = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
    for (const object of client.list(name, { namespace }) as KubeObject[]) yield { kind, object }
  }
}
