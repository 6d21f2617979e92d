// What some scenarios are about outside the namespace (cluster DNS, for one): the student's rights to these objects,
// how they were before the fault, and the way back.
import { kindPaths } from './kubernetes/kinds.ts'
import type { KubernetesApi } from './kubernetes/kubernetes-api.ts'
import { type Deployment, isAvailable, type KubeObject } from './kubernetes/objects.ts'
import { nameInWorld, parseReference, type Reference } from './kubernetes/reference.ts'
import type { SandboxSession } from './prepared-sandbox.ts'
import { planAccessBeyond } from './student-access.ts'
import type { Baseline } from './world/baseline.ts'
import { fieldChanges, normalise } from './world/normalise.ts'
import type { World } from './world/world.ts'

const availableTimeoutMs = 60_000

/** Lets the student at these objects, follows them, and captures them. */
export async function openBeyond(
  { api, world, sandbox }: Pick<SandboxSession, 'api' | 'world' | 'sandbox'>,
  references: readonly string[],
): Promise<Record<string, KubeObject>> {
  await grantBeyond(api, { namespace: sandbox.namespace, references })
  await world.follow(references)
  return captureBeyond(world, references)
}

/** These objects as they are, normalised. */
export function captureBeyond(world: World, references: readonly string[]): Record<string, KubeObject> {
  return Object.fromEntries(
    references.flatMap((reference) => {
      const live = find(world, parseReference(reference))
      return live ? [[reference, normalise(live)] as const] : []
    }),
  )
}

async function grantBeyond(
  api: KubernetesApi,
  { namespace, references }: { namespace: string; references: readonly string[] },
): Promise<void> {
  const named = references.map(parseReference)
  for (const place of new Set(named.map((reference) => reference.namespace ?? namespace))) {
    const own = named.filter((reference) => reference.namespace === place)
    const rules = own.map(({ kind, name }) => {
      const { apiVersions, plural } = kindPaths[kind]
      const [group = ''] = apiVersions[0]?.split('/').slice(0, -1) ?? []
      return { group, plural, name }
    })
    for (const object of planAccessBeyond({ namespace, place, rules })) await api.apply(object)
  }
}

/** Resolves when what is outside the namespace is as in the baseline again, and running. */
export async function beyondRestored(
  { world }: Pick<SandboxSession, 'world'>,
  { beyond = {} }: Baseline,
  signal?: AbortSignal,
): Promise<void> {
  for (const [reference, healthy] of Object.entries(beyond)) {
    const isBack = () => {
      const live = find(world, parseReference(reference))
      if (!live || fieldChanges(healthy, normalise(live)).length > 0) return undefined
      return live.kind !== 'Deployment' || isAvailable(live as Deployment) ? true : undefined
    }
    await world.until(isBack, { timeoutMs: availableTimeoutMs, what: `the healthy ${reference}`, signal })
  }
}

function find(world: World, reference: Reference): KubeObject | undefined {
  return world.find(reference.kind, nameInWorld(reference))
}
