// The long run: many seeds, until so many requests and watch events were checked. Prints each seed, and of a failing one what it broke and how to run it alone.
import { parseArgs } from 'node:util'
import { runSeed } from './simulate.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    writes: { type: 'string', default: '3000' },
    seed: { type: 'string' },
  },
})
const wanted = Number(values.events)
const writesPerSeed = Number(values.writes)
const isAlone = values.seed !== undefined
const print = (text: string) => process.stdout.write(`${text}\n`)

const totals = { events: 0, commits: 0, requests: 0, reads: 0, watches: 0, lines: 0, violations: 0 }
const startedMs = performance.now()
for (let seed = Number(values.seed ?? 1); totals.events < wanted; seed += 1) {
  const { history, violations, shortest = writesPerSeed } = await runSeed({ seed, events: writesPerSeed })
  const lines = history.watches.reduce((sum, watch) => sum + watch.lines.length, 0)
  totals.events += history.writes.length + history.reads.length + lines
  totals.commits += history.end - history.start
  totals.requests += history.writes.length
  totals.reads += history.reads.length
  totals.watches += history.watches.length
  totals.lines += lines
  totals.violations += violations.length
  print(
    `seed ${seed}: ${history.end - history.start} commits, ${lines} events of ${history.watches.length} watches, ${violations.length} violations`,
  )
  for (const { promise, revision, detail } of violations.slice(0, 3))
    print(`  broken at ${revision}: ${promise}\n    ${detail}`)
  if (violations.length > 0) print(`  again: --seed ${seed} --writes ${shortest}`)
  if (isAlone) break
}
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
print(
  `${totals.events} events in ${seconds} s: ${totals.requests} writes asked, ${totals.commits} of them committed, ${totals.reads} reads, ${totals.lines} events of ${totals.watches} watches; ${totals.violations} violations`,
)
process.exitCode = totals.violations === 0 ? 0 : 1
