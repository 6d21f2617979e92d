// What a pod needs next, decided from its containers' records alone.
import { type ContainerRecord, lastTermination, type RestartDecision, restartDecision } from './container-state.ts'
import { type PodContainer, policyAfter } from './pod-containers.ts'

/** The next steps for a pod, in the order they must be taken. */
export interface PodPlan {
  /** Containers to start now, one after the other. */
  start: PodContainer[]
  /** Containers that wait for their restart back-off. */
  backOff: { container: PodContainer; untilMs: number; delayMs: number }[]
  /** Sidecars with nothing left to serve, in the order to stop them. */
  stop: PodContainer[]
  /** Set once the pod will never run anything again. */
  outcome?: 'Succeeded' | 'Failed'
}

/** Plans one step of a pod: init containers in order, then the main ones together, sidecars beside them. */
export function planPod(
  containers: PodContainer[],
  recordOf: (name: string) => ContainerRecord,
  nowMs: number,
): PodPlan {
  const plan: PodPlan = { start: [], backOff: [], stop: [] }
  const main = containers.filter(({ role }) => role === 'main')
  const startup = containers.filter(({ role }) => role === 'init' || role === 'sidecar')
  const hasBegunMain = main.some(({ name }) => recordOf(name).instancesHere > 0)

  const outcome = podOutcome(main, startup, recordOf)
  if (outcome) {
    const running = startup.filter(({ name }) => recordOf(name).phase.kind === 'running')
    if (running.length > 0) plan.stop = running.reverse()
    else plan.outcome = outcome
    return plan
  }

  for (const container of containers.filter(({ role }) => role === 'ephemeral')) {
    if (recordOf(container.name).instancesHere === 0) plan.start.push(container)
  }

  const isInitialized = planStartup(startup, { recordOf, nowMs, hasBegunMain, plan })
  if (!isInitialized) return plan
  for (const container of main) consider(container, recordOf(container.name), nowMs, plan)
  return plan
}

/** Adds what init containers and sidecars need; true once the main containers may run. */
function planStartup(
  startup: PodContainer[],
  world: { recordOf(name: string): ContainerRecord; nowMs: number; hasBegunMain: boolean; plan: PodPlan },
): boolean {
  const { recordOf, nowMs, hasBegunMain, plan } = world
  for (const container of startup) {
    const record = recordOf(container.name)
    if (container.role === 'sidecar') {
      consider(container, record, nowMs, plan)
      if (!record.started && !hasBegunMain) return false
      continue
    }
    // Once the main containers have run, a finished init container is history.
    if (hasBegunMain || hasSucceeded(record)) continue
    consider(container, record, nowMs, plan)
    return false
  }
  return true
}

function consider(container: PodContainer, record: ContainerRecord, nowMs: number, plan: PodPlan): void {
  if (record.phase.kind === 'running') return
  const policy = policyAfter(container, lastTermination(record)?.exitCode)
  const decision: RestartDecision = restartDecision(record, policy, nowMs)
  if (decision.kind === 'start') plan.start.push(container)
  if (decision.kind === 'wait') {
    plan.backOff.push({ container, untilMs: decision.untilMs, delayMs: decision.delayMs })
  }
}

/** How the pod ended, if no container of it will run again. */
function podOutcome(
  main: PodContainer[],
  startup: PodContainer[],
  recordOf: (name: string) => ContainerRecord,
): 'Succeeded' | 'Failed' | undefined {
  const isFinal = (container: PodContainer) => {
    const record = recordOf(container.name)
    const last = lastTermination(record)
    if (record.phase.kind === 'running' || !last) return false
    const restartPolicy = policyAfter(container, last.exitCode)
    return restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && last.exitCode === 0)
  }
  const failedInit = startup.some(
    (container) =>
      container.role === 'init' &&
      container.restartPolicy === 'Never' &&
      isFinal(container) &&
      !hasSucceeded(recordOf(container.name)),
  )
  if (failedInit) return 'Failed'
  if (main.length === 0 || !main.every(isFinal)) return undefined
  return main.every(({ name }) => lastTermination(recordOf(name))?.exitCode === 0) ? 'Succeeded' : 'Failed'
}

function hasSucceeded(record: ContainerRecord): boolean {
  return record.phase.kind === 'terminated' && record.phase.exitCode === 0
}
