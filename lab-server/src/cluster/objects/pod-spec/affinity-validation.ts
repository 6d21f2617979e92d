// Rules for where a pod wants to run, and with whom.
import type { FieldError } from '../kind-definition.ts'
import type { PodSpec } from '../types.ts'
import { forbidden, invalid, invalidEach, required } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { dnsLabelProblems, dnsSubdomainProblems, labelKeyProblems, labelValueProblems } from '../validation/names.ts'

type Affinity = NonNullable<PodSpec['affinity']>
type NodeSelector = NonNullable<NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>
type NodeTerm = NodeSelector['nodeSelectorTerms'][number]
type NodeExpression = NonNullable<NodeTerm['matchExpressions']>[number]
type PodTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number]

const hard = 'requiredDuringSchedulingIgnoredDuringExecution'
const soft = 'preferredDuringSchedulingIgnoredDuringExecution'

/** Checks the affinities of a pod. */
export function affinityErrors(field: string, affinity: PodSpec['affinity']): FieldError[] {
  return [
    ...nodeAffinityErrors(`${field}.nodeAffinity`, affinity?.nodeAffinity),
    ...podAffinityErrors(`${field}.podAffinity`, affinity?.podAffinity),
    ...podAffinityErrors(`${field}.podAntiAffinity`, affinity?.podAntiAffinity),
  ]
}

function nodeAffinityErrors(field: string, affinity: Affinity['nodeAffinity']): FieldError[] {
  if (!affinity) return []
  const must = affinity[hard] ? nodeSelectorErrors(`${field}.${hard}`, affinity[hard]) : []
  const may = (affinity[soft] ?? []).flatMap(({ weight, preference }, i) => [
    ...weightErrors(`${field}.${soft}[${i}].weight`, weight),
    ...nodeTermErrors(`${field}.${soft}[${i}].preference`, preference ?? {}, { checksValues: false }),
  ])
  return [...must, ...may]
}

/** Checks which nodes will do, for a pod or a volume. */
export function nodeSelectorErrors(field: string, { nodeSelectorTerms: terms }: NodeSelector): FieldError[] {
  const at = `${field}.nodeSelectorTerms`
  if (!terms?.length) return [required(at, 'must have at least one node selector term')]
  return terms.flatMap((term, i) => nodeTermErrors(`${at}[${i}]`, term, { checksValues: true }))
}

function nodeTermErrors(field: string, term: NodeTerm, rules: { checksValues: boolean }): FieldError[] {
  const labels = (term.matchExpressions ?? []).flatMap((expression, i) => [
    ...expressionErrors(`${field}.matchExpressions[${i}]`, expression),
    ...(rules.checksValues ? valueErrors(`${field}.matchExpressions[${i}].values`, expression) : []),
  ])
  const names = (term.matchFields ?? []).flatMap((expression, i) =>
    nameErrors(`${field}.matchFields[${i}]`, expression),
  )
  return [...labels, ...names]
}

function valueErrors(field: string, { values }: NodeExpression): FieldError[] {
  return (values ?? []).flatMap((value, i) => invalidEach(`${field}[${i}]`, value, labelValueProblems(value)))
}

/** The only field of a node to choose by is its name. */
function nameErrors(field: string, { key, operator, values }: NodeExpression): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  } else if (values?.length !== 1) {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.push(required(`${field}.values`, rule))
  }
  if (key !== 'metadata.name') return [...errors, invalid(`${field}.key`, key, 'not a valid field selector key')]
  const names = (values ?? []).flatMap((value, i) =>
    invalidEach(`${field}.values[${i}]`, value, dnsSubdomainProblems(value)),
  )
  return [...errors, ...names]
}

function expressionErrors(field: string, { key, operator, values }: NodeExpression): FieldError[] {
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    if (!values?.length) {
      errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values?.length) {
      errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    }
  } else if (operator === 'Gt' || operator === 'Lt') {
    if (values?.length !== 1) {
      errors.push(required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
    }
  } else errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  return [...errors, ...invalidEach(`${field}.key`, key, labelKeyProblems(key ?? ''))]
}

function podAffinityErrors(
  field: string,
  affinity: Affinity['podAffinity'] | Affinity['podAntiAffinity'],
): FieldError[] {
  const must = (affinity?.[hard] ?? []).flatMap((term, i) => podTermErrors(`${field}.${hard}[${i}]`, term))
  const may = (affinity?.[soft] ?? []).flatMap(({ weight, podAffinityTerm }, i) => [
    ...weightErrors(`${field}.${soft}[${i}].weight`, weight),
    ...podTermErrors(`${field}.${soft}[${i}].podAffinityTerm`, podAffinityTerm ?? { topologyKey: '' }),
  ])
  return [...must, ...may]
}

function podTermErrors(field: string, term: PodTerm): FieldError[] {
  const { topologyKey, namespaces } = term
  const errors = labelSelectorErrors(`${field}.labelSelector`, term.labelSelector)
  errors.push(...labelSelectorErrors(`${field}.namespaceSelector`, term.namespaceSelector))
  for (const name of namespaces ?? []) {
    errors.push(...invalidEach(`${field}.namespace`, name, dnsLabelProblems(name)))
  }
  errors.push(...labelKeysErrors(field, term))
  if (!topologyKey) errors.push(required(`${field}.topologyKey`, 'can not be empty'))
  return [...errors, ...invalidEach(`${field}.topologyKey`, topologyKey, labelKeyProblems(topologyKey ?? ''))]
}

function labelKeysErrors(field: string, term: PodTerm): FieldError[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector } = term
  const errors = Object.entries({ matchLabelKeys, mismatchLabelKeys }).flatMap(([name, keys]) => {
    if (keys.length === 0) return []
    const rule = 'must not be specified when labelSelector is not set'
    if (!labelSelector) return [forbidden(`${field}.${name}`, rule)]
    return keys.flatMap((key, i) => invalidEach(`${field}.${name}[${i}]`, key, labelKeyProblems(key)))
  })
  for (const [i, key] of matchLabelKeys.entries()) {
    if (!mismatchLabelKeys.includes(key)) continue
    errors.push(invalid(`${field}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'))
  }
  return errors
}

function weightErrors(field: string, weight: number): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(field, weight ?? 0, 'must be in the range 1-100')]
}
