// `npm test`: every tier that this machine can run, then one line that counts the tests.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'lab-tests-'))
const report = join(folder, 'report.json')
const args = [
  'run',
  '--config',
  'lab-server/vitest.config.ts',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
]
const { status } = spawnSync('vitest', [...args, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })

let counts = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 }
try {
  counts = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error('The test runner left no report.')
}
rmSync(folder, { recursive: true, force: true })
const failed = counts.numFailedTests + (status !== 0 && counts.numFailedTests === 0 ? 1 : 0)
console.log(
  `${counts.numPassedTests} passed, ${failed} failed, ${counts.numPendingTests + counts.numTodoTests} skipped`,
)
process.exitCode = status === 0 && failed === 0 ? 0 : 1
