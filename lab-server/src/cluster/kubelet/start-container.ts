// One attempt to start a container: image, configuration, process, postStart hook. Its events tell the story.

import type { ContainerSpec, RunningContainer } from './container-runtime.ts'
import { StartError } from './container-runtime.ts'
import { resolveContainerSpec, terminationFile } from './container-spec.ts'
import { lastTermination } from './container-state.ts'
import { ContainerConfigError } from './env/container-env.ts'
import { ensureImage, type ReadyImage, retryMs } from './images/ensure-image.ts'
import { runHook } from './lifecycle-hooks.ts'
import type { PodContainer } from './pod-containers.ts'
import type { PodScope } from './pod-scope.ts'
import { startProbes } from './probes/container-probes.ts'
import { stopContainer } from './stop-container.ts'
import { terminationMessage } from './termination-message.ts'

/** Tries to start `container`; the record says what came of it. */
export async function startContainer(scope: PodScope, container: PodContainer): Promise<void> {
  const ready = ensureImage(scope, container)
  if (!ready) return
  const spec = await configure(scope, container, ready)
  if (!spec) return

  const { fieldPath, name } = container
  const messageFile = terminationFile(scope, name)
  if (lastTermination(scope.recordOf(name))) scope.apply(name, { type: 'restarting' })
  const identity = { imageName: ready.name, imageId: ready.image.digest }
  try {
    const running = await scope.context.runtime.start(spec)
    scope.report({ type: 'Normal', reason: 'Created', message: 'Container created', fieldPath })
    scope.report({ type: 'Normal', reason: 'Started', message: 'Container started', fieldPath })
    await follow(scope, container, { running, identity, messageFile })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    scope.report({ type: 'Normal', reason: 'Created', message: 'Container created', fieldPath })
    scope.report({ type: 'Warning', reason: 'Failed', message: `Error: ${error.message}`, fieldPath })
    const { exitCode, message } = error
    scope.apply(name, { type: 'start-failed', containerId: newContainerId(), ...identity, exitCode, message })
  }
}

async function configure(
  scope: PodScope,
  container: PodContainer,
  ready: ReadyImage,
): Promise<ContainerSpec | undefined> {
  const { name, fieldPath } = container
  try {
    return await resolveContainerSpec(scope, container, ready)
  } catch (error) {
    if (!(error instanceof ContainerConfigError)) throw error
    const { message, reason } = error
    scope.report({ type: 'Warning', reason: 'Failed', message: `Error: ${message}`, fieldPath })
    scope.apply(name, { type: 'held', reason, message })
    scope.state.holds.set(name, scope.context.clock.now() + retryMs)
    return undefined
  }
}

interface Instance {
  running: RunningContainer
  identity: { imageName: string; imageId: string }
  messageFile: string
}

/** Runs the postStart hook, then watches the container until it ends. */
async function follow(scope: PodScope, container: PodContainer, instance: Instance): Promise<void> {
  const { state } = scope
  const { name, spec, role } = container
  const { running, identity, messageFile } = instance
  state.running.set(name, running)
  state.images.set(name, spec.image ?? '')

  const hook = spec.lifecycle?.postStart
  const failure = hook && (await runHook(scope, container, { hook, kind: 'PostStart', running }))
  const isStarted = !spec.startupProbe
  scope.apply(name, {
    type: 'started',
    containerId: running.id,
    ...identity,
    started: isStarted,
    ready: isStarted && !spec.readinessProbe,
  })
  const ended = running.exited.then(async (end) => {
    const message = await terminationMessage(container, { end, messageFile, logs: running.logs })
    if (state.running.get(name) !== running) return
    state.running.delete(name)
    state.endings.delete(name)
    state.stopProbes.get(name)?.()
    state.stopProbes.delete(name)
    scope.apply(name, { type: 'exited', ...end, ...(message ? { message } : {}) })
  })

  state.endings.set(name, ended)

  if (failure) {
    // Upstream holds the pod here until the container is gone, its grace period included.
    scope.report({
      type: 'Warning',
      reason: 'FailedPostStartHook',
      message: 'PostStartHook failed',
      fieldPath: container.fieldPath,
    })
    await stopContainer(scope, container, { message: 'FailedPostStartHook', skipPreStop: true })
    await ended
    scope.apply(name, { type: 'hook-failed', message: failure })
    return
  }
  if (role !== 'ephemeral' && role !== 'init') state.stopProbes.set(name, startProbes(scope, container, running))
  void ended.then(async () => {
    await scope.publish()
    scope.wake()
  })
}

function newContainerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `containerd://${Buffer.from(bytes).toString('hex')}`
}
