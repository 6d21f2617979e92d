// Admission policies: rules in CEL, and where they hold. What they do is the API server's admission/policies.
import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind, type KindRow } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ObjectMeta,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../types.ts'
import {
  mutatingBindingErrors,
  mutatingPolicyErrors,
  validatingBindingErrors,
  validatingPolicyErrors,
} from './policy-validation.ts'

const shared = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  categories: ['api-extensions'],
  namespaced: false,
  hasGeneration: true,
}

/** Rules that writes must keep. */
export const validatingAdmissionPolicy = definePolicy<ValidatingAdmissionPolicy>({
  kind: 'ValidatingAdmissionPolicy',
  does: 'Validations',
  subresources: { status: true },
  count: ({ spec }) => spec?.validations?.length ?? 0,
  validate: validatingPolicyErrors,
})

/** Where a validating policy holds, and what happens to a write that breaks it. */
export const validatingAdmissionPolicyBinding = defineBinding<ValidatingAdmissionPolicyBinding>({
  kind: 'ValidatingAdmissionPolicyBinding',
  validate: validatingBindingErrors,
})

/** Changes that are made to writes. */
export const mutatingAdmissionPolicy = definePolicy<MutatingAdmissionPolicy>({
  kind: 'MutatingAdmissionPolicy',
  does: 'Mutations',
  count: ({ spec }) => spec?.mutations?.length ?? 0,
  validate: mutatingPolicyErrors,
})

/** Where a mutating policy holds. */
export const mutatingAdmissionPolicyBinding = defineBinding<MutatingAdmissionPolicyBinding>({
  kind: 'MutatingAdmissionPolicyBinding',
  validate: mutatingBindingErrors,
})

type Policy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy
type Binding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding
type Own<Kind extends { metadata: ObjectMeta }> = Pick<KindRow<Kind>, 'kind' | 'validate'> &
  Partial<Pick<KindRow<Kind>, 'subresources'>>

/** A policy is shown by how many things it does. */
function definePolicy<Kind extends Policy>({
  does,
  count,
  ...own
}: Own<Kind> & { does: string; count(policy: Kind): number }) {
  return defineKind<Kind>({
    ...shared,
    ...own,
    plural: `${own.kind.slice(0, -1).toLowerCase()}ies`,
    columns: [nameColumn, plain(does, 'integer'), plain('ParamKind'), ageColumn],
    cells: (policy, { nowMs }) => [
      policy.metadata.name,
      count(policy),
      paramKindOf(policy.spec?.paramKind),
      age(policy.metadata.creationTimestamp, nowMs),
    ],
    applyDefaults({ spec }) {
      if (!spec) return
      spec.failurePolicy ??= 'Fail'
      applyMatchDefaults(spec.matchConstraints)
    },
  })
}

function defineBinding<Kind extends Binding>(own: Own<Kind>) {
  return defineKind<Kind>({
    ...shared,
    ...own,
    plural: `${own.kind.toLowerCase()}s`,
    columns: [nameColumn, plain('PolicyName'), plain('ParamRef'), ageColumn],
    cells: ({ metadata, spec }, { nowMs }) => bindingCells(metadata, spec, nowMs),
    applyDefaults: ({ spec }) => applyMatchDefaults(spec?.matchResources),
  })
}

function bindingCells(metadata: Binding['metadata'], spec: Binding['spec'], nowMs: number): unknown[] {
  const { namespace, name } = spec?.paramRef ?? {}
  const shown = [namespace, name].filter(Boolean).join('/')
  return [metadata.name, spec?.policyName ?? '', shown || '<unset>', age(metadata.creationTimestamp, nowMs)]
}

function paramKindOf(paramKind: { apiVersion?: string; kind?: string } | undefined): string {
  return paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>'
}

function applyMatchDefaults(match: MatchResources | undefined): void {
  if (!match) return
  match.matchPolicy ??= 'Equivalent'
  match.namespaceSelector ??= {}
  match.objectSelector ??= {}
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*'
}
