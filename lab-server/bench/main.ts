// `npm run bench`: the figures of the main job on this machine, printed and never asserted.
import { cpus, totalmem } from 'node:os'
import { benchApiServer } from './api-server.ts'
import { benchAttempt } from './attempt.ts'
import { benchClusterStart } from './cluster-start.ts'
import { benchKeyEcho } from './key-echo.ts'
import { startLabProcess } from './lab-process.ts'

const print = (name: string, figure: string) => console.log(`${name.padEnd(44)} ${figure}`)

console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB. Shared machines are noisy: compare ratios.\n`,
)
await benchClusterStart(print)
await benchApiServer(print)
const lab = await startLabProcess({ LAB_WARM_POOL: '1' })
print('lab start to its printed address', `${lab.startMs.toFixed(0)} ms`)
try {
  const attemptId = await benchAttempt(lab, print)
  await benchKeyEcho(lab, attemptId, print)
} finally {
  print('lab stop, everything gone', `${(await lab.stop()).toFixed(0)} ms`)
}
