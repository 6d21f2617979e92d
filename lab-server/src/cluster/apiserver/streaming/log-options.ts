// The query of the log endpoint.
import type { FieldError } from '../../objects/kind-definition.ts'
import { badRequest, invalid } from '../errors.ts'
import { flag } from '../http/query-values.ts'
import type { LogOptions } from '../node-access.ts'

/** Reads the query of a request for logs. Throws 400 or 422 in upstream's words. */
export function parseLogOptions(query: URLSearchParams): LogOptions {
  const sinceTime = query.get('sinceTime')
  const options: LogOptions = {
    follow: flag(query, 'follow'),
    previous: flag(query, 'previous'),
    timestamps: flag(query, 'timestamps'),
    tailLines: integer(query, 'tailLines'),
    sinceSeconds: integer(query, 'sinceSeconds'),
    limitBytes: integer(query, 'limitBytes'),
    ...(sinceTime ? { sinceTimeMs: time(sinceTime) } : {}),
  }
  const errors = planErrors(options)
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, '', errors)
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as LogOptions
}

function planErrors({ tailLines, limitBytes, sinceSeconds, sinceTimeMs }: LogOptions): FieldError[] {
  const errors: FieldError[] = []
  const refuse = (field: string, value: number, rule: string) =>
    errors.push({ field, type: 'FieldValueInvalid', message: `Invalid value: ${value}: ${rule}` })
  if (tailLines !== undefined && tailLines < 0) refuse('tailLines', tailLines, 'must be greater than or equal to 0')
  if (limitBytes !== undefined && limitBytes < 1) refuse('limitBytes', limitBytes, 'must be greater than 0')
  if (sinceSeconds !== undefined && sinceTimeMs !== undefined) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified'
    errors.push({ field: '', type: 'FieldValueForbidden', message })
  } else if (sinceSeconds !== undefined && sinceSeconds < 1) {
    refuse('sinceSeconds', sinceSeconds, 'must be greater than 0')
  }
  return errors
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^[+-]?[0-9]+$/.test(text)) {
    throw badRequest(`unable to decode query: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  }
  return Number(text)
}

function time(text: string): number {
  const epochMs = Date.parse(text)
  if (Number.isNaN(epochMs)) throw badRequest(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00"`)
  return epochMs
}
