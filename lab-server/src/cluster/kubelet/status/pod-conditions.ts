// The conditions that the kubelet owns. Others' (a readiness gate's, a disruption's) are kept as they are.
import { formatTime } from '../../clock.ts'
import type { Pod, PodCondition } from '../../objects/types.ts'
import type { ContainerRecord } from '../container-state.ts'
import type { PodContainer } from '../pod-containers.ts'
import type { PodPhase } from './pod-phase.ts'

/** What conditions follow from. */
export interface ConditionInput {
  pod: Pod
  containers: PodContainer[]
  recordOf(name: string): ContainerRecord
  phase: PodPhase
  hasSandbox: boolean
  /** Why the node evicted the pod, if it did. */
  eviction?: string
  nowMs: number
}

type ConditionType = (typeof ownTypes)[number] | 'DisruptionTarget'

interface Verdict {
  status: 'True' | 'False'
  reason?: string
  message?: string
}

const ownTypes = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'] as const

/** The pod's conditions, transition times carried over from `pod.status` where nothing changed. */
export function podConditions(input: ConditionInput): PodCondition[] {
  const { pod } = input
  const existing = pod.status?.conditions ?? []
  const containersReady = containersReadyVerdict(input)
  const verdicts: Record<(typeof ownTypes)[number], Verdict> = {
    PodReadyToStartContainers: { status: input.hasSandbox ? 'True' : 'False' },
    Initialized: initializedVerdict(input),
    Ready: readyVerdict(containersReady, pod),
    ContainersReady: containersReady,
    PodScheduled: { status: 'True' },
  }
  const own = ownTypes.map((type) => condition(type, verdicts[type], input))
  const { eviction } = input
  const disruption = eviction && { status: 'True' as const, reason: 'TerminationByKubelet', message: eviction }
  const told = disruption ? [condition('DisruptionTarget', disruption, input)] : []
  const foreign = existing.filter(({ type }) => ![...told, ...own].some((own) => own.type === type))
  return [...foreign, ...told, ...own]
}

/** The condition with its transition time, which only a change of status moves. */
function condition(type: ConditionType, verdict: Verdict, { pod, nowMs }: ConditionInput): PodCondition {
  const before = pod.status?.conditions?.find((existing) => existing.type === type)
  const isSame = before?.status === verdict.status && before.lastTransitionTime
  return {
    lastProbeTime: null as unknown as string,
    lastTransitionTime: isSame ? before.lastTransitionTime : formatTime(nowMs),
    ...(verdict.message ? { message: verdict.message } : {}),
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    ...(verdict.reason ? { reason: verdict.reason } : {}),
    status: verdict.status,
    type,
  }
}

function initializedVerdict({ containers, recordOf, phase }: ConditionInput): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' }
  const hasBegun = containers.some(({ role, name }) => role === 'main' && recordOf(name).instancesHere > 0)
  const incomplete = containers.filter(({ role, name }) => {
    const record = recordOf(name)
    if (role === 'sidecar') return !record.started
    return role === 'init' && !(record.phase.kind === 'terminated' && record.phase.exitCode === 0)
  })
  if (incomplete.length === 0 || hasBegun) return { status: 'True' }
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.map(({ name }) => name).join(' ')}]`,
  }
}

function containersReadyVerdict({ containers, recordOf, phase }: ConditionInput): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' }
  const unready = containers.filter(
    ({ role, name }) => (role === 'main' || role === 'sidecar') && !recordOf(name).ready,
  )
  if (unready.length === 0) return { status: 'True' }
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${unready.map(({ name }) => name).join(' ')}]`,
  }
}

function readyVerdict(containersReady: Verdict, pod: Pod): Verdict {
  if (containersReady.status === 'False') return containersReady
  const complaints = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = pod.status?.conditions?.find(({ type }) => type === conditionType)
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    if (condition.status === 'True') return []
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`]
  })
  if (complaints.length === 0) return { status: 'True' }
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: complaints.join(', ') }
}
