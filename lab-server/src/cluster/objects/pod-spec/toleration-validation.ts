// Rules for the taints that a pod tolerates.
import type { FieldError } from '../kind-definition.ts'
import type { PodSpec } from '../types.ts'
import { invalid, invalidEach, notSupported } from '../validation/errors.ts'
import { labelKeyProblems, labelValueProblems } from '../validation/names.ts'

type Toleration = NonNullable<PodSpec['tolerations']>[number]

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Checks tolerations. */
export function tolerationErrors(field: string, tolerations: PodSpec['tolerations']): FieldError[] {
  return (tolerations ?? []).flatMap((toleration, i) => {
    const { key, operator, effect, tolerationSeconds } = toleration
    const at = `${field}[${i}]`
    const errors = key ? invalidEach(`${at}.key`, key, labelKeyProblems(key)) : []
    if (!key && operator !== 'Exists') {
      const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      errors.push(invalid(`${at}.operator`, operator ?? '', rule))
    }
    if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') {
      errors.push(invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    errors.push(...valueErrors(`${at}.operator`, toleration))
    if (effect && !effects.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, effects))
    return errors
  })
}

/** What is wrong with a value is told at the operator, which is upstream's way. */
function valueErrors(field: string, { operator = '', value = '' }: Toleration): FieldError[] {
  if (operator === '' || operator === 'Equal') {
    const problems = labelValueProblems(value)
    return problems.length === 0 ? [] : [invalid(field, value, problems.join(';'))]
  }
  if (operator !== 'Exists') return [notSupported(field, operator, ['Equal', 'Exists'])]
  return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")]
}
