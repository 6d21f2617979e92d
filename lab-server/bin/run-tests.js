// `npm test`: every tier that this machine can run, in two lanes, for most tests wait more than they compute; then those
// that need a real Kubernetes, and one line that counts the tests. Tiers may be named: `npm test unit routes`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
/** The longest first: each of two lanes takes the next that is left, so that they end at about the same time. */
const sideBySide = ['kubectl', 'scenarios', 'real-cluster', 'unit', 'routes', 'browser', 'images']
const lanes = 2
/** Afterwards and alone: its control plane gives up when it must wait for a processor. */
const last = 'real-kubernetes'
const all = [...sideBySide, last]
const asked = process.argv.slice(2)
const unknown = asked.find((tier) => !all.includes(tier))
if (unknown) {
  console.error(`There is no tier "${unknown}". Tiers: ${all.join(', ')}.`)
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'lab-tests-'))

/** Tiers that run now, and the signal that ends them all. From a keyboard they hear of it by themselves. */
const running = new Set()
let interrupted
process.on('SIGINT', () => (interrupted = 'SIGINT'))
process.on('SIGTERM', () => {
  interrupted = 'SIGTERM'
  for (const child of running) child.kill('SIGTERM')
})

/** Runs one tier; a run that leaves no report counts as one failure. */
async function runTier(tier, isSeen) {
  const report = join(folder, `${tier}.json`)
  const printed = join(folder, `${tier}.txt`)
  const started = Date.now()
  const args = ['run', '--config', 'lab-server/vitest.config.ts', '--project', tier]
  const output = isSeen ? 'inherit' : openSync(printed, 'w')
  const child = spawn('vitest', [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], {
    cwd: root,
    stdio: ['ignore', output, output],
  })
  running.add(child)
  const [status] = await once(child, 'exit')
  running.delete(child)
  if (!isSeen) {
    closeSync(output)
    process.stdout.write(readFileSync(printed))
  }
  let counts = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }
  try {
    counts = JSON.parse(readFileSync(report, 'utf8'))
  } catch {
    console.error(`The tier ${tier} left no report.`)
  }
  const failures = failuresIn(counts.testResults)
  const failed = Math.max(counts.numFailedTests, status === 0 ? 0 : 1)
  if (failed > failures.length) failures.push(`the tier ended with status ${status}: see its output above`)
  const seconds = Math.round((Date.now() - started) / 1000)
  const skipped = counts.numPendingTests + counts.numTodoTests
  return { tier, seconds, passed: counts.numPassedTests, failed, skipped, failures }
}

/** What failed, said again at the end: of a long output, often only the end is kept. */
function failuresIn(files) {
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name)
    const failed = assertionResults.filter((result) => result.status === 'failed')
    if (failed.length === 0) return status === 'failed' ? [`${file}\n${message}`] : []
    return failed.map(({ fullName, failureMessages }) => `${file} > ${fullName}\n${failureMessages.join('\n')}`)
  })
}

const begun = Date.now()
const results = []
const waiting = sideBySide.filter((tier) => asked.length === 0 || asked.includes(tier))
/** What the first lane prints is seen as it comes, what the other prints when a tier ends. */
async function runLane(isSeen) {
  for (let tier = waiting.shift(); tier && !interrupted; tier = waiting.shift())
    results.push(await runTier(tier, isSeen))
}
await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(lane === 0)))
if (!interrupted && (asked.length === 0 || asked.includes(last))) results.push(await runTier(last, true))
rmSync(folder, { recursive: true, force: true })
if (interrupted) process.exit(interrupted === 'SIGINT' ? 130 : 143)

for (const { tier, failures } of results) {
  for (const failure of failures) console.log(`\nFailed in ${tier}: ${failure.slice(0, 4_000)}`)
}
console.log('')
for (const { tier, seconds, passed, failed, skipped } of results) {
  console.log(
    `${tier.padEnd(14)} ${String(passed).padStart(5)} passed ${String(failed).padStart(3)} failed ${String(skipped).padStart(3)} skipped  ${seconds} s`,
  )
}
console.log(`${Math.round((Date.now() - begun) / 1000)} s in all`)
const sum = (field) => results.reduce((total, result) => total + result[field], 0)
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exitCode = sum('failed') === 0 ? 0 : 1
