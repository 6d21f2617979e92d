// What a Job's podFailurePolicy says about one failed pod.
import type { Job, Pod } from '../../objects/types.ts'

type Rule = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>['rules'][number]

/** The first matching rule's action, with upstream's message for `FailJob`. */
export interface PolicyVerdict {
  action: string
  message: string
}

/** The verdict on a failed pod, or undefined when no rule matches it. */
export function policyVerdict(job: Job, pod: Pod): PolicyVerdict | undefined {
  for (const [index, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const what = matchExitCodes(rule, pod) ?? matchConditions(rule, pod)
    if (what) return { action: rule.action, message: `${what} matching ${rule.action} rule at index ${index}` }
  }
  return undefined
}

function matchExitCodes({ onExitCodes }: Rule, pod: Pod): string | undefined {
  if (!onExitCodes) return undefined
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
  for (const { name, state } of statuses) {
    const exitCode = state?.terminated?.exitCode
    if (!exitCode || (onExitCodes.containerName && onExitCodes.containerName !== name)) continue
    const isListed = onExitCodes.values.includes(exitCode)
    if (isListed !== (onExitCodes.operator === 'In')) continue
    return `Container ${name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${exitCode}`
  }
  return undefined
}

function matchConditions({ onPodConditions }: Rule, pod: Pod): string | undefined {
  const match = (onPodConditions ?? []).find(({ type, status = 'True' }) =>
    pod.status?.conditions?.some((condition) => condition.type === type && condition.status === status),
  )
  return match && `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${match.type}`
}
