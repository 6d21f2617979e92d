// The cluster that a test file runs against: an embedded one of its own, or the one of TEST_KUBECONFIG.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { type Clock, makeClock } from '../../src/cluster/clock.ts'
import { type AddOn, startCluster } from '../../src/cluster/index.ts'
import { chooseNetwork } from '../../src/cluster/network/choose-network.ts'
import { parseNetwork } from '../../src/config.ts'
import { eventually } from './eventually.ts'
import type { Kubectl } from './kubectls.ts'
import { makeWorkplace, runCommand, type Workplace } from './transcript/run-command.ts'

/** A cluster under test. */
export interface TestCluster {
  /** A folder with a kubectl, and a kubeconfig whose context is in `namespace`, which is made unless it exists. */
  workplace(kubectl: Kubectl, namespace: string): Promise<Workplace>
  /** What the cluster itself could not cope with. */
  unexpected: string[]
  /** Ends it; rejects if a process of it lives on. */
  stop(): Promise<void>
}

/** Processes whose command, environment or folder names `dataDir`. */
function survivors(dataDir: string): string[] {
  const read = (path: string) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const link = (path: string) => {
    try {
      return readlinkSync(path)
    } catch {
      return ''
    }
  }
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) =>
      [read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`), link(`/proc/${pid}/cwd`)].some((text) =>
        text.includes(dataDir),
      ),
    )
    .map((pid) => `${pid}: ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
}

/** How a test's cluster is: its clock runs `speed` times as fast as life, unless `clock` is given. */
export interface TestClusterOptions {
  speed?: number
  nodes?: number
  clock?: Clock
  /** What it lacks. */
  without?: readonly AddOn[]
}

/** Starts the cluster of a test file. */
export async function startTestCluster({
  speed = 1,
  nodes = 1,
  clock = makeClock(speed),
  without = [],
}: TestClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-suite-'))
  const dataDir = join(folder, 'cluster')
  mkdirSync(dataDir)
  const unexpected: string[] = []
  const given = process.env.TEST_KUBECONFIG
  const network = given ? undefined : await chooseNetwork(parseNetwork(process.env.LAB_NETWORK ?? 'auto'))
  const cluster = given
    ? undefined
    : await startCluster({
        dataDir,
        images,
        networkAgent: network?.agent,
        nodes,
        clock,
        without: [...without],
        onUnexpected: (error, where) => unexpected.push(`${where}: ${error instanceof Error ? error.stack : error}`),
      })
  const kubeconfig = cluster ? cluster.kubeconfig : readFileSync(given ?? '', 'utf8')

  return {
    unexpected,
    async workplace(kubectl, namespace) {
      const place = mkdtempSync(join(folder, 'place-'))
      const path = join(place, '.kubeconfig')
      writeFileSync(path, kubeconfig, { mode: 0o600 })
      const workplace = makeWorkplace(place, kubectl, path)
      const made = await runCommand(
        workplace,
        `kubectl config set-context --current --namespace=${namespace} >/dev/null && (kubectl get ns ${namespace} >/dev/null 2>&1 || kubectl create ns ${namespace}) && until kubectl get sa default >/dev/null 2>&1; do :; done`,
      )
      if (made.exitCode !== 0) throw new Error(made.output)
      return workplace
    },
    async stop() {
      await cluster?.stop()
      await network?.stop()
      await eventually(() => {
        const left = survivors(dataDir)
        if (left.length > 0) throw new Error(`Processes outlived their cluster:\n${left.join('\n')}`)
      }, 3000)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
