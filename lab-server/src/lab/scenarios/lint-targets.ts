// Faults that miss: objects that are not there, list items that no manifest has, tests that cannot hold.

import { patchedWithoutTests } from '../faults/apply-patch.ts'
import { compilePath, PatchError, unescaped } from '../faults/compile-patch.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import { parseReference } from '../kubernetes/reference.ts'
import { fieldAt } from './conditions.ts'
import type { Fault, Scenario } from './scenario.ts'
import { targetOf } from './target-of.ts'
import { variantOf } from './variants.ts'

/** Field and message for each. */
export function missedTargets(given: Scenario, healthy: readonly KubeObject[]): [string, string][] {
  const { setup = [], faults } = variantOf(given, 0)
  const objects = new Map(healthy.map((object) => [`${object.kind}/${object.metadata.name}`, object]))
  return [
    ...setup.flatMap((fault, index) => missed(objects, fault, `/setup/${index}`)),
    ...faults.flatMap((fault, index) => missed(objects, fault, `/faults/${index}`)),
  ]
}

/** What is wrong with one change; the objects are then as it leaves them. */
function missed(objects: Map<string, KubeObject>, fault: Fault, field: string): [string, string][] {
  if ('create' in fault) {
    objects.set(`${fault.create.kind}/${fault.create.metadata.name}`, fault.create)
    return []
  }
  const { operation, reference: name } = targetOf(fault)
  // What is outside the namespace, and what the cluster makes by itself, only a cluster knows.
  if (parseReference(name).namespace !== undefined || name === 'ServiceAccount/default') return []
  const object = objects.get(name)
  if (!object) return [[`${field}/${operation}`, `there is no ${name}; there are ${namesLike(objects, name)}`]]
  if ('delete' in fault) objects.delete(name)
  if (!('ops' in fault)) return []
  const found = fault.ops.flatMap(({ op, path, value }, index): [string, string][] => {
    const wrong = op === 'test' ? failedTest(object, path, value) : missingItem(object, path)
    return wrong === undefined ? [] : [[`${field}/ops/${index}`, wrong]]
  })
  const after = patchedWithoutTests(object, fault.ops)
  if (after) objects.set(name, after)
  return found
}

function namesLike(objects: ReadonlyMap<string, KubeObject>, name: string): string {
  const [kind] = name.split('/')
  const own = [...objects.keys()].filter((candidate) => candidate.startsWith(`${kind}/`))
  return own.length > 0 ? own.join(', ') : [...objects.keys()].join(', ')
}

function missingItem(object: KubeObject, path: string): string | undefined {
  try {
    compilePath(path, object)
    return undefined
  } catch (error) {
    if (error instanceof PatchError) return error.message
    throw error
  }
}

/** Why the test cannot hold; a field that the manifest leaves to the cluster is not judged. */
function failedTest(object: KubeObject, path: string, wanted: unknown): string | undefined {
  const missing = missingItem(object, path)
  if (missing !== undefined) return missing
  const steps = compilePath(path, object).slice(1).split('/').map(unescaped)
  const actual = fieldAt(object, steps.map((step) => `["${step}"]`).join(''))
  if (actual === undefined || JSON.stringify(actual) === JSON.stringify(wanted)) return undefined
  return `the healthy value is ${JSON.stringify(actual)}, not ${JSON.stringify(wanted)}`
}
