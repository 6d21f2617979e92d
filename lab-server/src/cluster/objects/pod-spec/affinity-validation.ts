// Rules for where a pod wants to run, and with whom.
import type { FieldError } from '../kind-definition.ts'
import type { LabelSelector, PodSpec } from '../types.ts'
import { forbidden, invalid, invalidEach, required } from '../validation/errors.ts'
import { labelSelectorErrors } from '../validation/metadata.ts'
import { labelKeyProblems } from '../validation/names.ts'

type Affinity = NonNullable<PodSpec['affinity']>
type NodeTerm = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number]
type NodeExpression = NonNullable<NodeTerm['matchExpressions']>[number]
type PodTerm = { topologyKey: string; labelSelector?: LabelSelector }

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
  const errors: FieldError[] = []
  const terms = affinity[hard]?.nodeSelectorTerms
  const at = `${field}.${hard}.nodeSelectorTerms`
  if (affinity[hard] && !terms?.length) errors.push(required(at, 'must have at least one node selector term'))
  for (const [i, term] of (terms ?? []).entries()) errors.push(...nodeTermErrors(`${at}[${i}]`, term))
  for (const [i, { weight, preference }] of (affinity[soft] ?? []).entries()) {
    errors.push(...weightErrors(`${field}.${soft}[${i}].weight`, weight))
    errors.push(...nodeTermErrors(`${field}.${soft}[${i}].preference`, preference ?? {}))
  }
  return errors
}

function nodeTermErrors(field: string, term: NodeTerm): FieldError[] {
  return (term.matchExpressions ?? []).flatMap((expression, i) =>
    expressionErrors(`${field}.matchExpressions[${i}]`, expression),
  )
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

function podTermErrors(field: string, { topologyKey, labelSelector }: PodTerm): FieldError[] {
  const errors = labelSelectorErrors(`${field}.labelSelector`, labelSelector)
  if (!topologyKey) errors.push(required(`${field}.topologyKey`, 'can not be empty'))
  return [...errors, ...invalidEach(`${field}.topologyKey`, topologyKey, labelKeyProblems(topologyKey ?? ''))]
}

function weightErrors(field: string, weight: number): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(field, weight ?? 0, 'must be in the range 1-100')]
}
