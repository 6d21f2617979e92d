// Runs all transcripts on a cluster: the commands of one in order, the transcripts side by side.
import { kubectlNear } from './kubectls.ts'
import type { Place } from './places.ts'
import type { TestCluster } from './test-cluster.ts'
import { askStep } from './transcript/check-step.ts'
import { makeLane } from './transcript/lane.ts'
import type { Step } from './transcript/parse-transcript.ts'
import type { Verdict } from './transcript/verdict.ts'

/** One file of `checks/`. */
export interface Topic {
  name: string
  path: string
  text: string
  steps: Step[]
}

/** The topic that taints and drains a node. */
const lonely = 'nodes'
/** Kubectl computes little and waits much. */
const atOnce = 4

/** The verdicts on a topic's steps, as they come. */
export interface RunningTopic {
  verdicts: Promise<Verdict>[]
  done: Promise<unknown>
}

/** Asks step after step; each that fails leaves the next its turn. */
function startTopic({ name, steps }: Topic, cluster: Promise<TestCluster>, turn: Promise<() => void>): RunningTopic {
  const begun = turn.then(async () => {
    const { traits, workplace } = await cluster
    const kubectl = kubectlNear(36)
    return { traits: { ...traits, kubectl: kubectl.minor }, place: await workplace(kubectl, name) }
  })
  const verdicts: Promise<Verdict>[] = []
  let previous: Promise<unknown> = begun.catch(() => {})
  for (const step of steps) {
    const verdict = previous.then(async () => askStep((await begun).place, step, (await begun).traits))
    previous = verdict.catch(() => {})
    verdicts.push(verdict)
  }
  return { verdicts, done: previous.then(async () => (await turn)()) }
}

/**
 * Starts all topics; `stop` ends the clusters after the last command. A verdict that is asked for again, because the first
 * was not as it should be, comes from all of the topic's commands on a cluster of their own, where the place has another.
 */
export function startTopics(topics: Topic[], { open, openAnother }: Place) {
  const enter = makeLane(atOnce)
  const shared = open()
  const isLonely = ({ name }: Topic) => name === lonely
  const own = topics.some(isLonely) ? openAnother?.() : undefined
  const running = new Map<string, RunningTopic>()
  for (const topic of topics.filter((one) => !isLonely(one)))
    running.set(topic.name, startTopic(topic, shared, enter()))
  const others = Promise.all([...running.values()].map(({ done }) => done))
  for (const topic of topics.filter(isLonely))
    running.set(topic.name, startTopic(topic, own ?? shared, own ? enter() : others.then(enter)))
  const opened = [shared, ...(own ? [own] : [])]
  const again = new Map<string, RunningTopic>()
  const runAgain = (topic: Topic) => {
    const another = openAnother?.()
    if (!another) return running.get(topic.name)
    opened.push(another)
    const rerun = startTopic(topic, another, enter())
    again.set(topic.name, rerun)
    return rerun
  }
  return {
    verdict: (topic: Topic, index: number, isRetry: boolean) =>
      (isRetry ? (again.get(topic.name) ?? runAgain(topic)) : running.get(topic.name))?.verdicts[index],
    async stop(): Promise<{ unexpected: string[] }> {
      await Promise.all([...running.values(), ...again.values()].map(({ done }) => done))
      const clusters = await Promise.all(opened)
      for (const cluster of clusters) await cluster.stop()
      return { unexpected: clusters.flatMap(({ unexpected }) => unexpected) }
    },
  }
}
