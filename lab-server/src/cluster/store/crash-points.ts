// For tests, preloaded into a process with a store: kills it with SIGKILL at one named point of its work on files.
// CRASH_AT=<call>:<before|half|after>:<number>, e.g. `writeSync:half:12`: in the middle of the twelfth write.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [call = '', moment = '', number = '1'] = (process.env.CRASH_AT ?? '').split(':')
let left = Number(number)

type Call = (...args: unknown[]) => unknown
const files = fs as unknown as Record<string, Call>
const original = files[call]
if (original) {
  files[call] = (...args) => {
    left -= 1
    if (left > 0) return original(...args)
    if (moment === 'half' && args[1] instanceof Uint8Array) original(args[0], args[1].subarray(0, args[1].length >> 1))
    if (moment === 'after') original(...args)
    process.kill(process.pid, 'SIGKILL')
    // The signal is on its way; nothing more may happen.
    for (;;);
  }
  syncBuiltinESMExports()
}
