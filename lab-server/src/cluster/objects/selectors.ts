// Which objects a selector means: labels by requirement, fields by equality.
import { SelectorError } from './selector-parser.ts'
import type { LabelSelector } from './types.ts'

export { parseLabelSelector, SelectorError } from './selector-parser.ts'

type Labels = Record<string, string> | undefined

/** One condition on the labels of an object; all conditions of a selector must hold. */
export interface LabelRequirement {
  key: string
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'GreaterThan' | 'LessThan'
  values: string[]
}

/** True when the labels meet every requirement. */
export function matchesRequirements(requirements: LabelRequirement[], labels: Labels): boolean {
  return requirements.every((requirement) => meets(requirement, labels))
}

function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'GreaterThan':
      return isInteger(value) && BigInt(value) > BigInt(values[0] ?? 0)
    case 'LessThan':
      return isInteger(value) && BigInt(value) < BigInt(values[0] ?? 0)
  }
}

function isInteger(value: string | undefined): value is string {
  return value !== undefined && /^-?\d+$/.test(value)
}

/** The requirements of a LabelSelector object. */
export function selectorRequirements(selector: LabelSelector): LabelRequirement[] {
  const exact = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: 'In', values: [value] }),
  )
  const others = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }): LabelRequirement => ({
      key,
      operator: operator as LabelRequirement['operator'],
      values: values ?? [],
    }),
  )
  return [...exact, ...others]
}

/** True when a LabelSelector object selects the labels. An absent selector selects nothing, an empty one everything. */
export function matchesLabelSelector(selector: LabelSelector | null | undefined, labels: Labels): boolean {
  return selector ? matchesRequirements(selectorRequirements(selector), labels) : false
}

/** True when labels hold every pair of a plain selector, as of a Service. An empty one selects nothing. */
export function matchesPairs(selector: Labels, labels: Labels): boolean {
  const pairs = Object.entries(selector ?? {})
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value)
}

/** Writes a LabelSelector as kubectl prints it: sorted by key, `<none>` when it is empty or absent. */
export function formatLabelSelector(selector: LabelSelector | null | undefined): string {
  const requirements = selector ? selectorRequirements(selector) : []
  return requirements.length === 0 ? '<none>' : formatRequirements(requirements)
}

/** Writes requirements in the syntax that `parseLabelSelector` reads. */
export function formatRequirements(requirements: LabelRequirement[]): string {
  return [...requirements]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(formatRequirement)
    .join(',')
}

function formatRequirement({ key, operator, values }: LabelRequirement): string {
  const sorted = [...values].sort()
  switch (operator) {
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
    case 'GreaterThan':
      return `${key}>${values[0]}`
    case 'LessThan':
      return `${key}<${values[0]}`
    case 'In':
      return sorted.length === 1 ? `${key}=${sorted[0]}` : `${key} in (${sorted.join()})`
    case 'NotIn':
      return sorted.length === 1 ? `${key}!=${sorted[0]}` : `${key} notin (${sorted.join()})`
  }
}

/** Writes labels as `a=b,c=d`, sorted; `<none>` when there are none. */
export function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.length === 0 ? '<none>' : pairs.sort().join()
}

/** One condition on a field of an object. */
export interface FieldRequirement {
  field: string
  equal: boolean
  value: string
}

/** Reads a field selector such as `status.phase=Running,spec.nodeName!=node-1`. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return splitTerms(text)
    .filter((term) => term !== '')
    .map((term) => {
      const [, field, operator, value] = /^((?:\\.|[^\\=!])*?)(!=|==|=)(.*)$/s.exec(term) ?? []
      if (field === undefined || value === undefined) {
        throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`)
      }
      return { field, equal: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') }
    })
}

/** True when every requirement holds for the value that `read` finds for its field. */
export function matchesFields(requirements: FieldRequirement[], read: (field: string) => string): boolean {
  return requirements.every(({ field, equal, value }) => (read(field) === value) === equal)
}

function splitTerms(text: string): string[] {
  return text === '' ? [] : (text.match(/(?:\\.|[^\\,])+|(?<=,|^)(?=,|$)/gs) ?? [])
}
