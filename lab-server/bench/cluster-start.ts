// From nothing to the first answer of the embedded cluster, in a process of its own, as `lab cluster` starts it.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../bin/lab.js', import.meta.url))
const rounds = 7

/** Prints how long a new cluster takes until `kubectl get nodes` has answered. */
export async function benchClusterStart(print: Print): Promise<void> {
  const samples: number[] = []
  for (let round = 0; round < rounds; round++) {
    const folder = await mkdtemp(join(tmpdir(), 'lab-bench-'))
    const kubeconfig = join(folder, 'kubeconfig')
    const started = performance.now()
    const child = spawn(process.execPath, [main, 'cluster', '--kubeconfig', kubeconfig], { stdio: 'ignore' })
    try {
      while (!existsSync(kubeconfig)) await delay(5)
      await run('kubectl', ['--kubeconfig', kubeconfig, 'get', 'nodes'])
      samples.push(performance.now() - started)
    } finally {
      child.kill('SIGINT')
      await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    }
  }
  print('cluster process to first kubectl get nodes', describeSamples(samples, 'ms'))
}
