// Rules for admission policies and their bindings. Whether expressions compile is asked where they are run.
import type { FieldError } from '../kind-definition.ts'
import type {
  MatchResources,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../types.ts'
import { duplicate, forbidden, invalid, notSupported, required } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'

const failurePolicies = ['Fail', 'Ignore']
const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const actions = ['Audit', 'Deny', 'Warn']
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized']

type Spec = ValidatingAdmissionPolicy['spec'] | MutatingAdmissionPolicy['spec']

/** Rules for a validating policy. */
export function validatingPolicyErrors({ spec }: ValidatingAdmissionPolicy): FieldError[] {
  const errors = policyErrors(spec)
  const { validations = [], auditAnnotations = [] } = spec ?? {}
  if (validations.length === 0 && auditAnnotations.length === 0) {
    errors.push(required('spec.validations', 'validations or auditAnnotations must be non-empty'))
    errors.push(required('spec.auditAnnotations', 'validations or auditAnnotations must be non-empty'))
  }
  for (const [index, { expression, message, reason }] of validations.entries()) {
    const field = `spec.validations[${index}]`
    if (!expression?.trim()) errors.push(required(`${field}.expression`, 'expression is not specified'))
    if (message?.includes('\n'))
      errors.push(invalid(`${field}.message`, message, 'message must not contain line breaks'))
    if (expression?.includes('\n') && !message?.trim()) {
      errors.push(required(`${field}.message`, 'message must be specified if expression contains line breaks'))
    }
    if (reason && !reasons.includes(reason)) errors.push(notSupported(`${field}.reason`, reason, reasons))
  }
  for (const [index, { key, valueExpression }] of auditAnnotations.entries()) {
    const field = `spec.auditAnnotations[${index}]`
    if (!key) errors.push(required(`${field}.key`))
    if (!valueExpression?.trim()) errors.push(required(`${field}.valueExpression`, 'valueExpression is not specified'))
  }
  return errors
}

/** Rules for a mutating policy. */
export function mutatingPolicyErrors({ spec }: MutatingAdmissionPolicy): FieldError[] {
  const errors = policyErrors(spec)
  const { mutations = [], reinvocationPolicy = '' } = spec ?? {}
  if (mutations.length === 0) errors.push(required('spec.mutations', 'mutations must contain at least one item'))
  for (const [index, { patchType, jsonPatch, applyConfiguration }] of mutations.entries()) {
    const field = `spec.mutations[${index}]`
    const types = ['ApplyConfiguration', 'JSONPatch']
    if (!patchType) errors.push(required(`${field}.patchType`))
    else if (!types.includes(patchType)) errors.push(notSupported(`${field}.patchType`, patchType, types))
    const [name, given, other] =
      patchType === 'JSONPatch'
        ? (['jsonPatch', jsonPatch, applyConfiguration] as const)
        : (['applyConfiguration', applyConfiguration, jsonPatch] as const)
    if (!given?.expression?.trim()) errors.push(required(`${field}.${name}.expression`))
    if (other) errors.push(invalid(field, patchType, `must not specify any patch but ${name}`))
  }
  const policies = ['IfNeeded', 'Never']
  if (!reinvocationPolicy) errors.push(required('spec.reinvocationPolicy'))
  else if (!policies.includes(reinvocationPolicy)) {
    errors.push(notSupported('spec.reinvocationPolicy', reinvocationPolicy, policies))
  }
  return errors
}

function policyErrors(spec: Spec): FieldError[] {
  const errors: FieldError[] = []
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [] } = spec ?? {}
  if (failurePolicy && !failurePolicies.includes(failurePolicy)) {
    errors.push(notSupported('spec.failurePolicy', failurePolicy, failurePolicies))
  }
  if (paramKind && !paramKind.apiVersion) errors.push(required('spec.paramKind.apiVersion'))
  if (paramKind && !paramKind.kind) errors.push(required('spec.paramKind.kind'))
  if (!matchConstraints) errors.push(required('spec.matchConstraints'))
  else {
    if (!matchConstraints.resourceRules?.length) errors.push(required('spec.matchConstraints.resourceRules'))
    errors.push(...matchErrors('spec.matchConstraints', matchConstraints))
  }
  errors.push(...namedErrors('spec.matchConditions', matchConditions))
  errors.push(...namedErrors('spec.variables', variables))
  return errors
}

function namedErrors(field: string, items: { name?: string; expression?: string }[]): FieldError[] {
  const names = new Set<string>()
  return items.flatMap(({ name = '', expression }, index) => {
    const errors = name ? [] : [required(`${field}[${index}].name`)]
    if (name && names.has(name)) errors.push(duplicate(`${field}[${index}].name`, name))
    names.add(name)
    if (!expression?.trim()) errors.push(required(`${field}[${index}].expression`))
    return errors
  })
}

function matchErrors(field: string, match: MatchResources): FieldError[] {
  const errors = [
    ...labelSelectorErrors(`${field}.namespaceSelector`, match.namespaceSelector),
    ...labelSelectorErrors(`${field}.objectSelector`, match.objectSelector),
  ]
  for (const list of ['resourceRules', 'excludeResourceRules'] as const) {
    for (const [index, rule] of (match[list] ?? []).entries()) {
      const path = `${field}.${list}[${index}]`
      for (const name of ['apiGroups', 'apiVersions', 'resources', 'operations'] as const) {
        if (!rule[name]?.length) errors.push(required(`${path}.${name}`))
      }
      for (const [at, operation] of (rule.operations ?? []).entries()) {
        if (!operations.includes(operation))
          errors.push(notSupported(`${path}.operations[${at}]`, operation, operations))
      }
    }
  }
  return errors
}

/** Rules for a binding of a validating policy. */
export function validatingBindingErrors({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
  const errors = bindingErrors(spec)
  const { validationActions = [] } = spec ?? {}
  if (validationActions.length === 0) errors.push(required('spec.validationActions'))
  const seen = new Set<string>()
  for (const [index, action] of validationActions.entries()) {
    const field = `spec.validationActions[${index}]`
    if (!actions.includes(action)) errors.push(notSupported(field, action, actions))
    if (seen.has(action)) errors.push(duplicate(field, action))
    seen.add(action)
  }
  if (seen.has('Deny') && seen.has('Warn')) {
    const rule =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)'
    errors.push(invalid('spec.validationActions', validationActions, rule))
  }
  return errors
}

/** Rules for a binding of a mutating policy. */
export function mutatingBindingErrors({ spec }: MutatingAdmissionPolicyBinding): FieldError[] {
  return bindingErrors(spec)
}

function bindingErrors(
  spec: ValidatingAdmissionPolicyBinding['spec'] | MutatingAdmissionPolicyBinding['spec'],
): FieldError[] {
  const errors = spec?.policyName ? [] : [required('spec.policyName')]
  const { paramRef, matchResources } = spec ?? {}
  if (paramRef) {
    const { name, selector, parameterNotFoundAction } = paramRef
    if (!name && !selector) errors.push(required('spec.paramRef', 'one of name or selector must be specified'))
    if (name && selector) {
      errors.push(forbidden('spec.paramRef.name', 'name and selector are mutually exclusive'))
    }
    const known = ['Allow', 'Deny']
    if (!parameterNotFoundAction) errors.push(required('spec.paramRef.parameterNotFoundAction'))
    else if (!known.includes(parameterNotFoundAction)) {
      errors.push(notSupported('spec.paramRef.parameterNotFoundAction', parameterNotFoundAction, known))
    }
  }
  if (matchResources) errors.push(...matchErrors('spec.matchResources', matchResources))
  return errors
}
