import type { KubeObject } from '../../objects/types.ts'
import { jsonEqual } from '../../store/frozen-json.ts'
import type { Registry } from '../registry.ts'
import { componentContext } from '../request-context.ts'
import { parseApiVersion } from '../storage-version.ts'

/** Creates what is missing of `objects`; with `replace`, what is there is brought to the given content. */
export async function ensureObjects(
  registry: Registry,
  objects: KubeObject[],
  { replace = false } = {},
): Promise<void> {
  const context = componentContext('kube-apiserver')
  for (const object of objects) {
    const { group } = parseApiVersion(object.apiVersion)
    const kind = registry.core.kinds.findByKind(object.kind, group)
    if (kind === undefined) continue
    const { namespace, name = '' } = object.metadata
    const found = registry.find(kind, { namespace, name })
    if (found === undefined) {
      await registry.create(kind, { namespace, object, context })
      continue
    }
    if (!replace) continue
    const { metadata: _wanted, ...content } = object
    const isSame = Object.entries(content).every(([field, value]) => jsonEqual(found[field], value))
    if (isSame) continue
    await registry.update(kind, { namespace, name }, { context, change: (current) => ({ ...current, ...content }) })
  }
}
