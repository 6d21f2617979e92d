// Checks that can be told to be green before the repair, from the manifests and the faults alone: those of fields.
import { patchedWithoutTests } from '../faults/apply-patch.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import { checkField } from './conditions.ts'
import type { Fault, Scenario } from './scenario.ts'
import { variantOf } from './variants.ts'

/** What is known of the objects after the faults; `undefined` where only a cluster can tell. */
type Known = Map<string, KubeObject | undefined>

/** Field and message for each check that earns nothing and is not marked as a guard. */
export function greenChecks(given: Scenario, healthy: readonly KubeObject[]): [string, string][] {
  const scenario = variantOf(given, 0)
  const objects: Known = new Map(healthy.map((object) => [`${object.kind}/${object.metadata.name}`, object]))
  for (const fault of [...(scenario.setup ?? []), ...scenario.faults]) apply(objects, fault)
  return scenario.checks.flatMap(({ id, guard, resource }, index): [string, string][] => {
    if (!resource || guard) return []
    const object = objects.get(resource.of)
    const fields = Object.entries(resource.fields)
    // The manifest does not have what the cluster fills in: only a field that is written there can be judged.
    const isGreen =
      object !== undefined &&
      fields.every(([path, condition]) => {
        const outcome = checkField(object, path, condition)
        return outcome.passed && !outcome.observed.endsWith(' is not set')
      })
    if (!isGreen) return []
    return [[`/checks/${index}`, `${id} is green before the repair: mark it guard: true, or take it out`]]
  })
}

function apply(objects: Known, fault: Fault): void {
  if ('create' in fault) {
    objects.set(`${fault.create.kind}/${fault.create.metadata.name}`, fault.create)
    return
  }
  if ('delete' in fault) {
    objects.delete(fault.delete)
    return
  }
  if ('restart' in fault) return
  const name = 'scale' in fault ? fault.scale : 'patch' in fault ? fault.patch : fault.replace
  const before = objects.get(name)
  if (!before) return
  if ('scale' in fault) {
    objects.set(name, { ...before, spec: { ...(before.spec as object), replicas: fault.replicas } })
    return
  }
  objects.set(name, patchedWithoutTests(before, fault.ops))
}
