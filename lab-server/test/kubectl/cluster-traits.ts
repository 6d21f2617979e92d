// What a cluster under test is, as far as its answers depend on it.
import type { Facility, Traits } from './transcript/other-answers.ts'
import { runCommand, type Workplace } from './transcript/run-command.ts'

/** Asks the cluster of `workplace`; who will ask it is not known yet. */
export async function readTraits(workplace: Workplace, isEmbedded: boolean): Promise<Omit<Traits, 'kubectl'>> {
  const ask = async (question: string) => {
    const { output, exitCode } = await runCommand(workplace, `kubectl get ${question} 2>/dev/null`)
    return exitCode === 0 ? output.trim() : ''
  }
  const [version, nodes, classes, metrics] = await Promise.all(
    ['--raw /version', 'nodes -o name', 'ingressclass -o name', '--raw /apis/metrics.k8s.io/v1beta1'].map(ask),
  )
  if (!version)
    throw new Error('The cluster under test does not tell its version: is its kubeconfig right, and is it up?')
  const lacks: [Facility, boolean][] = [
    ['a second node', (nodes ?? '').split('\n').length < 2],
    ['an ingress controller', !classes],
    ['metrics', !metrics],
  ]
  return {
    isEmbedded,
    minor: Number.parseInt((JSON.parse(version) as { minor: string }).minor, 10),
    lacks: lacks.filter(([, isMissing]) => isMissing).map(([facility]) => facility),
  }
}
