// Rules for what a namespace may use altogether.
import type { FieldError } from '../kind-definition.ts'
import { resourceNameErrors } from '../pod-spec/resource-validation.ts'
import { canonicalQuantity, quantityOf } from '../quantity.ts'
import type { ResourceQuota } from '../types.ts'
import { immutable, invalid, required } from '../validation/errors.ts'
import { internalForm } from '../validation/internal-form.ts'
import { nonNegativeQuantity } from '../validation/numbers.ts'

type Spec = NonNullable<ResourceQuota['spec']>
type Requirement = NonNullable<NonNullable<Spec['scopeSelector']>['matchExpressions']>[number]

const counted = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
])
const standard = new Set([
  ...counted,
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
])
const computed = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory', 'pods']
/** The scopes there are, and what may be counted in each; undefined: anything. */
const scopes = new Map<string, Set<string> | undefined>([
  ['Terminating', new Set(computed)],
  ['NotTerminating', new Set(computed)],
  ['NotBestEffort', new Set(computed)],
  ['BestEffort', new Set(['pods'])],
  ['PriorityClass', new Set(computed)],
  ['CrossNamespacePodAffinity', undefined],
  ['VolumeAttributesClass', new Set(['persistentvolumeclaims', 'requests.storage'])],
])
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

/** Rules for a quota. */
export function quotaErrors({ spec = {} }: ResourceQuota): FieldError[] {
  const errors = Object.entries(spec.hard ?? {}).flatMap(([name, amount]) =>
    hardErrors(`spec.hard[${name}]`, name, amount),
  )
  return [...errors, ...scopesErrors(spec), ...selectorErrors(spec)]
}

function hardErrors(field: string, name: string, amount: string): FieldError[] {
  const errors = resourceNameErrors(field, name)
  const isHugePages = /^(requests\.)?hugepages-/.test(name)
  if (!name.includes('/') && !standard.has(name) && !isHugePages) {
    errors.push(invalid(field, name, 'must be a standard resource for quota'))
  }
  errors.push(...nonNegativeQuantity(field, amount))
  if (!counted.has(name) || quantityOf(amount).nano % 1_000_000_000n === 0n) return errors
  return [...errors, invalid(field, canonicalQuantity(amount), 'must be an integer')]
}

function scopesErrors(spec: Spec): FieldError[] {
  const given = spec.scopes ?? []
  const field = 'spec.scopes'
  const errors = given.flatMap((scope) => [
    ...(scopes.has(scope) ? [] : [invalid(field, given, 'unsupported scope')]),
    ...notForScope(spec, scope).map(() => invalid(field, given, 'unsupported scope applied to resource')),
  ])
  return [...errors, ...conflicts(spec, given)]
}

function selectorErrors(spec: Spec): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions'
  const requirements = spec.scopeSelector?.matchExpressions ?? []
  const shown = () => internalForm('ScopeSelector', spec.scopeSelector)
  const errors = requirements.flatMap((requirement) => {
    const { scopeName } = requirement
    return [
      ...(scopes.has(scopeName) ? [] : [invalid(`${field}.scopeName`, scopeName ?? '', 'unsupported scope')]),
      ...notForScope(spec, scopeName).map(() => invalid(field, shown(), 'unsupported scope applied to resource')),
      ...operatorErrors(field, requirement),
    ]
  })
  const names = requirements.map(({ scopeName }) => scopeName)
  return [...errors, ...conflicts(spec, names)]
}

function operatorErrors(field: string, { scopeName, operator, values }: Requirement): FieldError[] {
  const errors: FieldError[] = []
  if (scopes.has(scopeName) && !hasClasses(scopeName) && operator !== 'Exists') {
    const rule =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity"
    errors.push(invalid(`${field}.operator`, operator ?? '', rule))
  }
  if (operator === 'In' || operator === 'NotIn') {
    if (values?.length) return errors
    const rule = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
    return [...errors, required(`${field}.values`, rule)]
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (!values?.length) return errors
    const rule = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
    return [...errors, invalid(`${field}.values`, values, rule)]
  }
  return [...errors, invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator')]
}

function hasClasses(scope: string): boolean {
  return scope === 'PriorityClass' || scope === 'VolumeAttributesClass'
}

function notForScope({ hard }: Spec, scope: string): string[] {
  return Object.keys(hard ?? {}).filter((name) => standard.has(name) && !(scopes.get(scope)?.has(name) ?? true))
}

function conflicts({ scopes: shown }: Spec, given: string[]): FieldError[] {
  return opposites
    .filter((pair) => pair.every((scope) => given.includes(scope)))
    .map(() => invalid('spec.scopes', shown, 'conflicting scopes'))
}

/** The scope of a quota never changes. */
export function quotaChange({ spec }: ResourceQuota, old: ResourceQuota): FieldError[] {
  const [now, before] = [new Set<string>(spec?.scopes), new Set<string>(old.spec?.scopes)]
  const isSame = now.size === before.size && [...now].every((scope) => before.has(scope))
  return isSame ? [] : [immutable('spec.scopes', spec?.scopes)]
}
