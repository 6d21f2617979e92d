import { statusText } from '../application/health.ts'
import { checkField } from '../scenarios/conditions.ts'
import type { HttpCheck } from '../scenarios/scenario.ts'
import { failed, type Outcome, passed, type Subject, unknown } from './subject.ts'

/** A request as users make it: status, then the body's fields. Many faults answer 200 with the wrong page. */
export async function checkHttp(check: HttpCheck, subject: Subject): Promise<Outcome> {
  const status = check.status ?? 200
  const conditions = Object.entries(check.body ?? {})
  const line = `GET ${check.path} for ${subject.host}`
  const expected = `${line} answers ${statusText(status)}${expectedBody(check)}`
  const answer = await subject.get(check.path)
  if (answer.status === null) {
    return (answer.isOurs ? unknown : failed)(expected, `no answer: ${answer.detail}`)
  }
  if (answer.status !== status) return failed(expected, `${statusText(answer.status)}`)
  if (conditions.length > 0 && answer.json === undefined) {
    return failed(expected, `${statusText(answer.status)}, but the body is ${contentOf(answer.headers)}, not JSON`)
  }
  const outcomes = conditions.map(([path, condition]) => checkField(answer.json, path, condition))
  const wrong = outcomes.find((outcome) => !outcome.passed)
  if (wrong) return failed(expected, wrong.observed)
  if (check.contains !== undefined && !answer.body.includes(check.contains)) {
    return failed(expected, `${statusText(answer.status)}, but the page does not contain "${check.contains}"`)
  }
  return passed(expected, [statusText(answer.status), ...outcomes.map((outcome) => outcome.observed)].join(', '))
}

function expectedBody(check: HttpCheck): string {
  const fields = Object.entries(check.body ?? {}).map(([path, condition]) => checkField({}, path, condition).expected)
  if (check.contains !== undefined) fields.push(`the page contains "${check.contains}"`)
  return fields.length > 0 ? ` with ${fields.join(' and ')}` : ''
}

function contentOf(headers: Record<string, string>): string {
  const type = headers['content-type']?.split(';')[0]
  return type === 'text/html' ? 'an HTML page' : (type ?? 'something else')
}
