// `npm run bench`: the figures of the main job on this machine, printed and never asserted. `npm run bench -- NAME…`
// prints some of them.
import { cpus, totalmem } from 'node:os'
import { benchApiServer } from './api-server.ts'
import { benchAttempt } from './attempt.ts'
import { benchBrowserEcho } from './browser-echo.ts'
import { benchClass } from './class.ts'
import { benchClusterStart } from './cluster-start.ts'
import { startLabProcess } from './lab-process.ts'
import { benchManyClusters } from './many-clusters.ts'
import type { Print } from './print.ts'
import { benchTerminals } from './terminals.ts'
import { benchWatchFanOut } from './watch-fan-out.ts'

const print: Print = (name, figure) => console.log(`${name.padEnd(58)} ${figure}`)

async function benchLab(): Promise<void> {
  const lab = await startLabProcess({ LAB_WARM_POOL: '1' })
  print('lab start to its printed address', `${lab.startMs.toFixed(0)} ms`)
  try {
    const attemptId = await benchAttempt(lab, print)
    await benchTerminals(lab, attemptId, print)
    await benchBrowserEcho(lab, attemptId, print)
  } finally {
    print('lab stop, everything gone', `${(await lab.stop()).toFixed(0)} ms`)
  }
}

const benches: Record<string, () => Promise<void>> = {
  'cluster-start': () => benchClusterStart(print),
  'api-server': () => benchApiServer(print),
  watches: () => benchWatchFanOut(print),
  'many-clusters': () => benchManyClusters(print),
  lab: benchLab,
  class: () => benchClass(print),
}

const names = process.argv.slice(2)
const unknown = names.find((name) => !(name in benches))
if (unknown) {
  console.error(`There is no benchmark "${unknown}". Benchmarks: ${Object.keys(benches).join(', ')}.`)
  process.exit(1)
}
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB. The clients share the processors with what they measure.\n`,
)
for (const [name, bench] of Object.entries(benches)) if (names.length === 0 || names.includes(name)) await bench()
