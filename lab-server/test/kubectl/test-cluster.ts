// The cluster that a test file runs against: an embedded one of its own, or the one of TEST_KUBECONFIG.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { images } from '@taskmaster-lab/workload/images'
import { type Clock, makeClock } from '../../src/cluster/clock.ts'
import { type AddOn, startCluster } from '../../src/cluster/index.ts'
import { chooseNetwork } from '../../src/cluster/network/choose-network.ts'
import { parseNetwork } from '../../src/config.ts'
import { readTraits } from './cluster-traits.ts'
import { eventually } from './eventually.ts'
import { type Kubectl, kubectlNear } from './kubectls.ts'
import { survivors } from './survivors.ts'
import type { Traits } from './transcript/other-answers.ts'
import { makeWorkplace, runCommand, type Workplace } from './transcript/run-command.ts'

/** A cluster under test. */
export interface TestCluster {
  kubeconfig: string
  traits: Omit<Traits, 'kubectl'>
  /** A folder with a kubectl, and a kubeconfig whose context is in `namespace`, which is made unless it exists. */
  workplace(kubectl: Kubectl, namespace: string): Promise<Workplace>
  /** What the cluster itself could not cope with. */
  unexpected: string[]
  /** Ends an embedded one, and rejects if a process of it lives on; removes from a given one the namespaces made there. */
  stop(): Promise<void>
}

/** The kubeconfig of the cluster that TEST_KUBECONFIG names, if it names one. */
export const givenKubeconfig = process.env.TEST_KUBECONFIG && readFileSync(process.env.TEST_KUBECONFIG, 'utf8')

/** Writes a kubeconfig into a folder of its own under `folder`, with `kubectl` on the path. */
function openWorkplace(folder: string, kubectl: Kubectl, kubeconfig: string): Workplace {
  const place = mkdtempSync(join(folder, 'place-'))
  const path = join(place, '.kubeconfig')
  writeFileSync(path, kubeconfig, { mode: 0o600 })
  return makeWorkplace(place, kubectl, path)
}

/** How a test's cluster is: its clock runs `speed` times as fast as life, unless `clock` is given. */
export interface TestClusterOptions {
  speed?: number
  nodes?: number
  clock?: Clock
  /** What it lacks. */
  without?: readonly AddOn[]
}

async function run(workplace: Workplace, command: string): Promise<string> {
  const { output, exitCode } = await runCommand(workplace, command)
  if (exitCode !== 0) throw new Error(`${command}: ${output}`)
  return output
}

const inNamespace = (name: string) =>
  `kubectl config set-context --current --namespace=${name} >/dev/null && until kubectl get sa default >/dev/null 2>&1; do :; done`

/** Starts the embedded cluster of a test file. */
export async function startEmbeddedCluster({
  speed = 1,
  nodes = 1,
  clock = makeClock(speed),
  without = [],
}: TestClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-suite-'))
  const dataDir = join(folder, 'cluster')
  mkdirSync(dataDir)
  const unexpected: string[] = []
  const network = await chooseNetwork(parseNetwork(process.env.LAB_NETWORK ?? 'auto'))
  const { kubeconfig, stop } = await startCluster({
    dataDir,
    images,
    networkAgent: network.agent,
    nodes,
    clock,
    without: [...without],
    onUnexpected: (error, where) => unexpected.push(`${where}: ${error instanceof Error ? error.stack : error}`),
  })
  return {
    kubeconfig,
    unexpected,
    traits: await readTraits(openWorkplace(folder, kubectlNear(36), kubeconfig), true),
    async workplace(kubectl, namespace) {
      const workplace = openWorkplace(folder, kubectl, kubeconfig)
      await run(workplace, `kubectl get ns ${namespace} >/dev/null 2>&1 || kubectl create ns ${namespace}`)
      await run(workplace, inNamespace(namespace))
      return workplace
    },
    async stop() {
      await stop()
      await network.stop()
      await eventually(() => {
        const left = survivors(dataDir)
        if (left.length > 0) throw new Error(`Processes outlived their cluster:\n${left.join('\n')}`)
      }, 3000)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Opens a cluster that somebody else runs. */
export async function openGivenCluster(kubeconfig: string): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-suite-'))
  const admin = openWorkplace(folder, kubectlNear(36), kubeconfig)
  const traits = await readTraits(admin, false)
  // A server that does not know how a watch sends what is there ignores the question, and kubectl waits for ever.
  const patience: Record<string, string> = traits.minor < 32 ? { KUBE_FEATURE_WatchListClient: 'false' } : {}
  const made = new Set<string>()
  return {
    kubeconfig,
    traits,
    unexpected: [],
    async workplace(kubectl, namespace) {
      const workplace = openWorkplace(folder, kubectl, kubeconfig)
      Object.assign(workplace.env, patience)
      if (namespace !== 'default' && !made.has(namespace)) {
        // It may be somebody's.
        const { output, exitCode } = await runCommand(admin, `kubectl create ns ${namespace}`)
        if (exitCode !== 0)
          throw new Error(
            `${output.trim()}: the checks need this namespace. Remove it if a run that broke off left it.`,
          )
        made.add(namespace)
      }
      await run(workplace, inNamespace(namespace))
      return workplace
    },
    async stop() {
      if (made.size > 0) await run(admin, `kubectl delete ns ${[...made].join(' ')} --timeout=110s`)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The cluster of a test file. */
export const startTestCluster = (options: TestClusterOptions = {}): Promise<TestCluster> =>
  givenKubeconfig ? openGivenCluster(givenKubeconfig) : startEmbeddedCluster(options)
