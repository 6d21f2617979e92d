// Rules for nodes.
import type { FieldError } from '../kind-definition.ts'
import type { Node } from '../types.ts'
import { forbidden, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { labelKeyProblems, labelValueProblems } from '../validation/names.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** Rules for a node: its taints, which upstream says to be part of its metadata. */
export function nodeErrors({ spec }: Node): FieldError[] {
  const seen = new Set<string>()
  return (spec?.taints ?? []).flatMap((taint, i) => {
    const { key = '', value = '', effect = '' } = taint
    const field = `metadata.taints[${i}]`
    const errors = invalidEach(`${field}.key`, key, labelKeyProblems(key))
    const problems = labelValueProblems(value)
    if (problems.length > 0) errors.push(invalid(`${field}.value`, value, problems.join(';')))
    if (!effect) errors.push(required(`${field}.effect`))
    else if (!effects.includes(effect)) errors.push(notSupported(`${field}.effect`, effect, effects))
    const isAgain = seen.has(`${key}:${effect}`)
    seen.add(`${key}:${effect}`)
    return isAgain ? [...errors, repeated(field, { Key: key, Value: value, Effect: effect, TimeAdded: null })] : errors
  })
}

function repeated(field: string, taint: object): FieldError {
  const message = `Duplicate value: ${JSON.stringify(taint)}: taints must be unique by key and effect pair`
  return { field, type: 'FieldValueDuplicate', message }
}

/** What of a node never changes once it is there. */
export function nodeChange({ spec }: Node, old: Node): FieldError[] {
  const fields = { podCIDRs: 'podCIDR', providerID: 'providerID' } as const
  return (Object.keys(fields) as (keyof typeof fields)[]).flatMap((field) => {
    const before = old.spec?.[field]
    if (!before?.length || JSON.stringify(before) === JSON.stringify(spec?.[field])) return []
    return [forbidden(`spec.${field}`, `node updates may not change ${fields[field]} except from "" to valid`)]
  })
}
