// ValidatingAdmissionPolicies: rules in CEL that refuse a write, or warn of it.
import type { ValidatingAdmissionPolicy } from '../../../objects/types.ts'
import { type ApiError, forbidden, invalid } from '../../errors.ts'
import type { AdmissionRequest, AdmissionStep } from '../chain.ts'
import { type Asker, makeAsker, meetsConditions } from './policy-expressions.ts'
import { type Binding, covers, type PolicyWorld, paramsOf } from './policy-match.ts'
import { policyProblems } from './policy-problems.ts'

const group = 'admissionregistration.k8s.io'
const policiesKept = `validatingadmissionpolicies.${group}`
const bindingsKept = `validatingadmissionpolicybindings.${group}`

interface Failure {
  message: string
  reason?: string
}

/** Asks every policy that is bound to the write. */
export function validatingPolicies(world: PolicyWorld): AdmissionStep {
  return {
    name: 'ValidatingAdmissionPolicy',
    review(request) {
      if (world.store.count(bindingsKept) === 0) return
      for (const kept of world.store.list(bindingsKept)) judge(request, kept as unknown as Binding, world)
    },
    validate({ operation, kind, object, name }) {
      if (operation === 'DELETE' || kind.group !== group || !/AdmissionPolicy$/.test(kind.kind)) return
      const problems = policyProblems(object)
      if (problems.length > 0) throw invalid(kind, name, problems)
    },
  }
}

function judge(request: AdmissionRequest, binding: Binding, world: PolicyWorld): void {
  const policyName = binding.spec?.policyName ?? ''
  const policy = world.store.find(policiesKept, policyName) as unknown as ValidatingAdmissionPolicy | undefined
  if (!policy?.spec || !covers(policy.spec.matchConstraints, request, world)) return
  if (!covers(binding.spec?.matchResources, request, world)) return
  const title = `ValidatingAdmissionPolicy '${policyName}' with binding '${binding.metadata.name}'`
  const actions = binding.spec?.validationActions ?? []
  for (const { message, reason } of failuresOf(policy, binding, request, world)) {
    if (actions.includes('Deny')) throw denied(request, `${title} denied request: ${message}`, reason)
    if (actions.includes('Warn')) request.context.warn(`Validation failed for ${title}: ${message}`)
  }
}

function failuresOf(
  { spec }: ValidatingAdmissionPolicy,
  binding: Binding,
  request: AdmissionRequest,
  world: PolicyWorld,
): Failure[] {
  const isIgnored = spec?.failurePolicy === 'Ignore'
  const params = paramsOf(spec?.paramKind, binding, request, world)
  if (typeof params === 'string') return isIgnored ? [] : [{ message: `failed to configure binding: ${params}` }]
  return params.flatMap((param) => {
    const asker = makeAsker(request, param, spec?.variables ?? [], world)
    const orIgnored = (act: () => Failure[]): Failure[] => {
      try {
        return act()
      } catch (error) {
        return isIgnored ? [] : [{ message: error instanceof Error ? error.message : String(error) }]
      }
    }
    return orIgnored(() => {
      if (!meetsConditions(asker, spec?.matchConditions)) return []
      return (spec?.validations ?? []).flatMap((validation) => orIgnored(() => failureOf(validation, asker)))
    })
  })
}

function failureOf(
  validation: NonNullable<NonNullable<ValidatingAdmissionPolicy['spec']>['validations']>[number],
  asker: Asker,
): Failure[] {
  const { expression, message, messageExpression, reason } = validation
  if (asker.ask(expression) === true) return []
  const usual = message?.trim() || `failed expression: ${expression.trim()}`
  return [{ message: messageExpression ? madeMessage(messageExpression, asker, usual) : usual, reason }]
}

function madeMessage(expression: string, asker: Asker, usual: string): string {
  try {
    const made = asker.ask(expression)
    return typeof made === 'string' && made.trim() !== '' && !made.includes('\n') ? made.trim() : usual
  } catch {
    return usual
  }
}

const codes: Record<string, number> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 }

// Upstream makes a 403 and then gives it the reason and code of the rule.
function denied({ kind, name }: AdmissionRequest, why: string, reason = 'Invalid'): ApiError {
  const error = forbidden(kind, name, why)
  error.status.reason = reason
  error.status.code = codes[reason] ?? 422
  error.status.details = { ...error.status.details, causes: [{ message: why }] }
  return error
}
