// Ending one container: preStop hook, SIGTERM, and SIGKILL when the grace period is over.

import { sleep } from '../clock.ts'
import type { RunningContainer } from './container-runtime.ts'
import { runHook } from './lifecycle-hooks.ts'
import type { PodContainer } from './pod-containers.ts'
import type { PodScope } from './pod-scope.ts'

/** Upstream never gives a container less than this after its hook used up the grace period. */
const minimumGraceSeconds = 2

/** Ends the container and resolves when its process is gone; does nothing when it does not run. */
export async function stopContainer(
  scope: PodScope,
  container: PodContainer,
  { message, graceSeconds, skipPreStop }: { message: string; graceSeconds?: number; skipPreStop?: boolean },
): Promise<void> {
  const { state, context } = scope
  const running = state.running.get(container.name)
  if (!running) return
  scope.report({ type: 'Normal', reason: 'Killing', message, fieldPath: container.fieldPath })

  const graceMs = (graceSeconds ?? podGraceSeconds(scope)) * 1000
  const hook = container.spec.lifecycle?.preStop
  const begunMs = context.clock.now()
  if (hook && graceMs > 0 && !skipPreStop) await runPreStop(scope, container, { running, graceMs })
  const usedMs = context.clock.now() - begunMs
  const leftMs = usedMs > 0 ? Math.max(graceMs - usedMs, minimumGraceSeconds * 1000) : graceMs
  await running.stop(leftMs)
  await state.endings.get(container.name)
}

/** The pod's grace period; a deletion's own wins. */
export function podGraceSeconds({ state }: PodScope): number {
  const { metadata, spec } = state.pod
  if (metadata.deletionTimestamp) return Math.max(1, metadata.deletionGracePeriodSeconds ?? 30)
  return spec?.terminationGracePeriodSeconds ?? 30
}

async function runPreStop(
  scope: PodScope,
  container: PodContainer,
  { running, graceMs }: { running: RunningContainer; graceMs: number },
): Promise<void> {
  const hook = container.spec.lifecycle?.preStop
  if (!hook) return
  const hooked = runHook(scope, container, { hook, kind: 'PreStop', running }).then((failure) => {
    if (failure === undefined) return
    scope.report({
      type: 'Warning',
      reason: 'FailedPreStopHook',
      message: 'PreStopHook failed',
      fieldPath: container.fieldPath,
    })
  })
  await Promise.race([hooked, sleep(scope.context.clock, graceMs), running.exited])
}
