// Pods read their settings when they start: those that started with others than the healthy ones keep them, however healthy
// the ConfigMap or Secret is by now.
import type { KubeObject } from './kubernetes/objects.ts'
import type { Baseline } from './world/baseline.ts'
import { isSame } from './world/normalise.ts'
import type { World } from './world/world.ts'

/** What refers to settings, and the fields that name them, as in PodSpec. */
const references: Record<string, { kind: string; nameIn: 'name' | 'secretName' }[]> = {
  configMapRef: [{ kind: 'ConfigMap', nameIn: 'name' }],
  configMapKeyRef: [{ kind: 'ConfigMap', nameIn: 'name' }],
  configMap: [{ kind: 'ConfigMap', nameIn: 'name' }],
  secretRef: [{ kind: 'Secret', nameIn: 'name' }],
  secretKeyRef: [{ kind: 'Secret', nameIn: 'name' }],
  // A volume names it by secretName, a projected source by name.
  secret: [
    { kind: 'Secret', nameIn: 'secretName' },
    { kind: 'Secret', nameIn: 'name' },
  ],
}

type Settings = KubeObject & { kind: 'ConfigMap' | 'Secret' }

export const isSettings = (object: KubeObject): object is Settings =>
  object.kind === 'ConfigMap' || object.kind === 'Secret'

/** ConfigMaps and Secrets, as `Kind/name`, that differ from the baseline now or are among `touched`. */
export function changedSettings(world: World, baseline: Baseline, touched: readonly string[]): Set<string> {
  const differing = Object.entries(baseline.objects).filter(([, healthy]) => {
    if (!isSettings(healthy)) return false
    const live = world.find(healthy.kind, healthy.metadata.name)
    return !live || !isSame(live, healthy)
  })
  return new Set([...differing.map(([name]) => name), ...touched.filter((name) => name in baseline.objects)])
}

/** Whether a pod of this specification has read one of these settings. */
export function readsAny(specification: unknown, settings: ReadonlySet<string>): boolean {
  if (Array.isArray(specification)) return specification.some((item) => readsAny(item, settings))
  if (typeof specification !== 'object' || specification === null) return false
  return Object.entries(specification).some(([field, value]) => {
    const names = (references[field] ?? []).map(({ kind, nameIn }) => `${kind}/${value?.[nameIn]}`)
    return names.some((name) => settings.has(name)) || readsAny(value, settings)
  })
}
