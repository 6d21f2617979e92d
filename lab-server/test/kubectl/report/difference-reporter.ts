// Gathers the verdicts of a test run and writes the report of differences into the file that CONFORMANCE_REPORT names.
import { writeFileSync } from 'node:fs'
import type { Reporter, TestCase } from 'vitest/node'
import type { Verdict } from '../transcript/verdict.ts'
import { type Finding, writeReport } from './difference-report.ts'
import './verdict-meta.ts'

/** A check that carries no verdict of its own asserts: it holds or it does not. */
function verdictOf(test: TestCase): Verdict | undefined {
  const { state, errors } = test.result()
  if (state === 'skipped') return undefined
  const own = test.meta().verdict
  if (own) return own
  return state === 'passed'
    ? { kind: 'equal' }
    : { kind: 'differs', expected: '', actual: errors?.map(({ message }) => message).join('\n') ?? state }
}

/** A reporter of the test runner. */
export function differenceReporter(path: string): Reporter {
  const findings: Finding[] = []
  return {
    onTestCaseResult(test) {
      const verdict = verdictOf(test)
      const [cluster = '', ...check] = test.fullName.split(' > ')
      if (verdict) findings.push({ cluster, check: check.join(' > '), verdict })
    },
    onTestRunEnd() {
      const { table, whole } = writeReport(findings)
      writeFileSync(path, whole)
      process.stdout.write(`\n${table}\n\nThe whole report: ${path}\n`)
    },
  }
}
