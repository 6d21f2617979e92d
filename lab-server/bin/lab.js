// What npm's scripts start: main.ts, with what Node compiles of the sources kept for the next start, which then takes
// half the time. Plain JavaScript, so that not even this file needs its types stripped.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the packages, where only who installed the lab may write. What cannot be kept there is compiled each time.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/taskmaster-lab', import.meta.url)))
await import('../src/main.ts')
