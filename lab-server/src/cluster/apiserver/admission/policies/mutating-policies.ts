// MutatingAdmissionPolicies: changes in CEL that are made to a write, as a JSON patch or as an apply configuration.
import type { KubeObject, MutatingAdmissionPolicy } from '../../../objects/types.ts'
import { fromCel } from '../../cel/values.ts'
import { forbidden } from '../../errors.ts'
import { applyJsonPatch, parseJsonPatch } from '../../patch/json-patch.ts'
import type { JsonValue } from '../../patch/json-value.ts'
import type { PatchEngine } from '../../patch-engine.ts'
import type { AdmissionRequest, AdmissionStep } from '../chain.ts'
import { makeAsker, meetsConditions } from './policy-expressions.ts'
import { type Binding, covers, type PolicyWorld, paramsOf } from './policy-match.ts'

const group = 'admissionregistration.k8s.io'
const policiesKept = `mutatingadmissionpolicies.${group}`
const bindingsKept = `mutatingadmissionpolicybindings.${group}`

/** Lets every policy that is bound to the write change it, in the order of the bindings' names. */
export function mutatingPolicies(world: PolicyWorld & { patches: PatchEngine }): AdmissionStep {
  return {
    name: 'MutatingAdmissionPolicy',
    mutate(request) {
      if (world.store.count(bindingsKept) === 0) return
      for (const kept of world.store.list(bindingsKept)) {
        const binding = kept as unknown as Binding
        const policyName = binding.spec?.policyName ?? ''
        const policy = world.store.find(policiesKept, policyName) as unknown as MutatingAdmissionPolicy | undefined
        if (!policy?.spec || !covers(policy.spec.matchConstraints, request, world)) continue
        if (!covers(binding.spec?.matchResources, request, world)) continue
        try {
          mutate(policy, binding, request, world)
        } catch (error) {
          if (policy.spec.failurePolicy === 'Ignore') continue
          const why = error instanceof Error ? error.message : String(error)
          const title = `MutatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}'`
          throw forbidden(request.kind, request.name, `${title} denied request: ${why}`)
        }
      }
    },
  }
}

function mutate(
  { spec }: MutatingAdmissionPolicy,
  binding: Binding,
  request: AdmissionRequest,
  world: PolicyWorld & { patches: PatchEngine },
): void {
  const params = paramsOf(spec?.paramKind, binding, request, world)
  if (typeof params === 'string') throw new Error(`failed to configure binding: ${params}`)
  for (const param of params) {
    if (!meetsConditions(makeAsker(request, param, spec?.variables ?? [], world), spec?.matchConditions)) continue
    for (const { patchType, jsonPatch, applyConfiguration } of spec?.mutations ?? []) {
      // Each sees what the one before it has made.
      const asker = makeAsker(request, param, spec?.variables ?? [], world)
      const expression = (patchType === 'JSONPatch' ? jsonPatch : applyConfiguration)?.expression ?? ''
      const made = fromCel(asker.ask(expression))
      request.object = patchType === 'JSONPatch' ? patched(request, made) : configured(request, made, world.patches)
    }
  }
}

function patched({ object }: AdmissionRequest, patch: unknown): KubeObject {
  return applyJsonPatch(object as unknown as JsonValue, parseJsonPatch(patch)) as unknown as KubeObject
}

/** Lists with keys are merged by their keys; for this a strategic merge says the same as apply. */
function configured({ kind, object }: AdmissionRequest, body: unknown, patches: PatchEngine): KubeObject {
  const type = 'application/strategic-merge-patch+json'
  return patches.patch({ request: { type, body }, current: object, kind })
}
