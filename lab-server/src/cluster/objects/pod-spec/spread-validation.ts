// Rules for how pods spread over zones and nodes.
import type { FieldError } from '../kind-definition.ts'
import type { LabelSelector, PodSpec } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { labelKeyProblems } from '../validation/names.ts'
import { positive } from '../validation/numbers.ts'

type Constraint = NonNullable<PodSpec['topologySpreadConstraints']>[number]

const actions = ['DoNotSchedule', 'ScheduleAnyway']

/** Checks the constraints, and that no two are for the same. */
export function spreadErrors(field: string, constraints: PodSpec['topologySpreadConstraints']): FieldError[] {
  return (constraints ?? []).flatMap((constraint, i) => {
    const { topologyKey, whenUnsatisfiable: action, labelSelector } = constraint
    const at = `${field}[${i}]`
    const errors = positive(`${at}.maxSkew`, constraint.maxSkew ?? 0)
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'))
    if (!actions.includes(action)) errors.push(notSupported(`${at}.whenUnsatisfiable`, action ?? '', actions))
    const isRepeated = constraints
      ?.slice(i + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === action)
    if (isRepeated) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${action}}`))
    errors.push(...domainErrors(`${at}.minDomains`, constraint))
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const value = constraint[policy]
      const known = ['Honor', 'Ignore']
      if (value && !known.includes(value)) errors.push(notSupported(`${at}.${policy}`, value, known))
    }
    errors.push(...labelKeysErrors(`${at}.matchLabelKeys`, constraint))
    return [...errors, ...labelSelectorErrors(`${at}.labelSelector`, labelSelector)]
  })
}

function domainErrors(field: string, { minDomains, whenUnsatisfiable: action }: Constraint): FieldError[] {
  if (minDomains === undefined || minDomains === null) return []
  const errors = positive(field, minDomains)
  if (action === 'DoNotSchedule') return errors
  const rule = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`
  return [...errors, invalid(field, minDomains, rule)]
}

function labelKeysErrors(field: string, { matchLabelKeys, labelSelector }: Constraint): FieldError[] {
  if (!matchLabelKeys?.length) return []
  const errors = labelSelector ? [] : [forbidden(field, 'must not be specified when labelSelector is not set')]
  const selected = selectedKeys(labelSelector)
  for (const [i, key] of matchLabelKeys.entries()) {
    errors.push(...invalidEach(`${field}[${i}]`, key, labelKeyProblems(key)))
    if (selected.has(key)) {
      errors.push(invalid(`${field}[${i}]`, key, 'exists in both matchLabelKeys and labelSelector'))
    }
  }
  return errors
}

function selectedKeys(selector: LabelSelector | undefined): Set<string> {
  const expressions = (selector?.matchExpressions ?? []).map(({ key }) => key)
  return new Set([...Object.keys(selector?.matchLabels ?? {}), ...expressions])
}
