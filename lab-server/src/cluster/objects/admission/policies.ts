// Admission policies: rules in CEL, and where they hold. What they do is the API server's admission/policies.
import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
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
export const validatingAdmissionPolicy = defineKind<ValidatingAdmissionPolicy>({
  ...shared,
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  subresources: { status: true },
  columns: [nameColumn, plain('Validations', 'integer'), plain('ParamKind'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.validations?.length ?? 0,
    paramKindOf(spec?.paramKind),
    age(metadata.creationTimestamp, nowMs),
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    spec.failurePolicy ??= 'Fail'
    applyMatchDefaults(spec.matchConstraints)
  },
  validate: validatingPolicyErrors,
})

/** Where a validating policy holds, and what happens to a write that breaks it. */
export const validatingAdmissionPolicyBinding = defineKind<ValidatingAdmissionPolicyBinding>({
  ...shared,
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  columns: [nameColumn, plain('PolicyName'), plain('ParamRef'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => bindingCells(metadata, spec, nowMs),
  applyDefaults: ({ spec }) => applyMatchDefaults(spec?.matchResources),
  validate: validatingBindingErrors,
})

/** Changes that are made to writes. */
export const mutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  ...shared,
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  columns: [nameColumn, plain('Mutations', 'integer'), plain('ParamKind'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.mutations?.length ?? 0,
    paramKindOf(spec?.paramKind),
    age(metadata.creationTimestamp, nowMs),
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    spec.failurePolicy ??= 'Fail'
    applyMatchDefaults(spec.matchConstraints)
  },
  validate: mutatingPolicyErrors,
})

/** Where a mutating policy holds. */
export const mutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  ...shared,
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  columns: [nameColumn, plain('PolicyName'), plain('ParamRef'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => bindingCells(metadata, spec, nowMs),
  applyDefaults: ({ spec }) => applyMatchDefaults(spec?.matchResources),
  validate: mutatingBindingErrors,
})

type Binding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding

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
