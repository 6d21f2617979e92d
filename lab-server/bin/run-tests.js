// `npm test`: every tier that this machine can run, one after the other because they share its processors, then one
// line that counts the tests. Tiers may be named: `npm test unit routes`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const all = ['unit', 'routes', 'kubectl', 'scenarios', 'real-cluster', 'browser']
const asked = process.argv.slice(2)
const unknown = asked.find((tier) => !all.includes(tier))
if (unknown) {
  console.error(`There is no tier "${unknown}". Tiers: ${all.join(', ')}.`)
  process.exit(1)
}

/** Runs one tier; a run that leaves no report counts as one failure. */
function runTier(tier, folder) {
  const report = join(folder, `${tier}.json`)
  const started = Date.now()
  const args = ['run', '--config', 'lab-server/vitest.config.ts', '--project', tier]
  const { status } = spawnSync(
    'vitest',
    [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    {
      cwd: root,
      stdio: 'inherit',
    },
  )
  let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 }
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    console.error(`The tier ${tier} left no report.`)
  }
  const failed = counts.numFailedTests + (status !== 0 && counts.numFailedTests === 0 ? 1 : 0)
  const seconds = Math.round((Date.now() - started) / 1000)
  return { tier, seconds, passed: counts.numPassedTests, failed, skipped: counts.numPendingTests + counts.numTodoTests }
}

const folder = mkdtempSync(join(tmpdir(), 'lab-tests-'))
const results = (asked.length > 0 ? asked : all).map((tier) => runTier(tier, folder))
rmSync(folder, { recursive: true, force: true })

console.log('')
for (const { tier, seconds, passed, failed, skipped } of results) {
  console.log(
    `${tier.padEnd(14)} ${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed ${String(skipped).padStart(3)} skipped  ${seconds} s`,
  )
}
const sum = (field) => results.reduce((total, result) => total + result[field], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exitCode = sum('failed') === 0 ? 0 : 1
