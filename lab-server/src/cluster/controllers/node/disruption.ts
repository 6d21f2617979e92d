import type { Client } from '../../client.ts'
import { formatTime } from '../../clock.ts'
import type { Pod } from '../../objects/types.ts'

/** Notes on a pod why the cluster itself is about to end it. */
export async function markDisrupted(
  client: Client,
  pod: Pod,
  { reason, message, phase, nowMs }: { reason: string; message: string; phase?: string; nowMs: number },
): Promise<void> {
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: formatTime(nowMs),
    reason,
    message,
  }
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
  await client.writeStatus(pod, { ...pod.status, ...(phase ? { phase } : {}), conditions: [...others, condition] })
}
