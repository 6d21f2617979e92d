// One attempt to start a container: image, configuration, process, postStart hook. Its events tell the story.

import { aborted } from './abort.ts'
import type { ContainerSpec, RunningContainer } from './container-runtime.ts'
import { StartError } from './container-runtime.ts'
import { resolveContainerSpec, terminationFile } from './container-spec.ts'
import { lastTermination } from './container-state.ts'
import { ContainerConfigError } from './env/container-env.ts'
import { ensureImage, type ReadyImage, retryMs } from './images/ensure-image.ts'
import { runHook } from './lifecycle-hooks.ts'
import { type PodContainer, policyAfter } from './pod-containers.ts'
import type { PodScope } from './pod-scope.ts'
import { startProbes } from './probes/container-probes.ts'
import { containerLimits } from './resize-containers.ts'
import { stopContainer } from './stop-container.ts'
import { terminationMessage } from './termination-message.ts'

/** Tries to start `container`; the record says what came of it. */
export async function startContainer(scope: PodScope, container: PodContainer): Promise<void> {
  const ready = ensureImage(scope, container)
  if (!ready) return
  const spec = await configure(scope, container, ready)
  if (!spec) return

  const messageFile = terminationFile(scope, container.name)
  if (lastTermination(scope.recordOf(container.name))) scope.apply(container.name, { type: 'restarting' })
  const identity = { imageName: ready.name, imageId: ready.image.digest }
  const running = await create(scope, container, { spec, identity })
  if (running) await follow(scope, container, { running, identity, messageFile })
}

interface Identity {
  imageName: string
  imageId: string
}

/** Asks the runtime for the container; undefined when it has none, which the record then explains. */
async function create(
  scope: PodScope,
  container: PodContainer,
  { spec, identity }: { spec: ContainerSpec; identity: Identity },
): Promise<RunningContainer | undefined> {
  const { name, fieldPath } = container
  const created = () => scope.report({ type: 'Normal', reason: 'Created', message: 'Container created', fieldPath })
  const starting = scope.context.runtime.start(spec)
  try {
    const running = await Promise.race([starting, aborted(scope.signal)])
    if (!running) {
      // Deleted meanwhile: nobody waits for this container any more.
      starting.then((late) => discard(scope, late)).catch(() => {})
      return undefined
    }
    created()
    scope.report({ type: 'Normal', reason: 'Started', message: 'Container started', fieldPath })
    return running
  } catch (error) {
    if (!(error instanceof StartError)) {
      hold(scope, { name, fieldPath }, { reason: 'CreateContainerError', message: messageOf(error) })
      return undefined
    }
    created()
    const { exitCode, message } = error
    scope.report({ type: 'Warning', reason: 'Failed', message: `Error: ${message}`, fieldPath })
    const isFinal = policyAfter(container, exitCode) === 'Never'
    scope.apply(name, { type: 'start-failed', containerId: newContainerId(), ...identity, exitCode, message, isFinal })
    return undefined
  }
}

async function discard({ context }: PodScope, late: RunningContainer): Promise<void> {
  await late.stop(0)
  await context.runtime.remove(late.id)
}

/** Says what stands in the way, and tries again later. */
function hold(
  scope: PodScope,
  { name, fieldPath }: Pick<PodContainer, 'name' | 'fieldPath'>,
  { reason, message }: { reason: string; message: string },
): void {
  scope.report({ type: 'Warning', reason: 'Failed', message: `Error: ${message}`, fieldPath })
  scope.apply(name, { type: 'held', reason, message })
  scope.state.holds.set(name, scope.context.clock.now() + retryMs)
}

async function configure(
  scope: PodScope,
  container: PodContainer,
  ready: ReadyImage,
): Promise<ContainerSpec | undefined> {
  try {
    return await resolveContainerSpec(scope, container, ready)
  } catch (error) {
    const isConfig = error instanceof ContainerConfigError
    const reason = isConfig ? error.reason : 'CreateContainerError'
    hold(scope, container, { reason, message: messageOf(error) })
    return undefined
  }
}

interface Instance {
  running: RunningContainer
  identity: Identity
  messageFile: string
}

/** Runs the postStart hook, then watches the container until it ends. */
async function follow(scope: PodScope, container: PodContainer, instance: Instance): Promise<void> {
  const { state } = scope
  const { name, spec, role } = container
  const { running, identity, messageFile } = instance
  state.running.set(name, running)
  forgetOld(scope, name)
  state.images.set(name, spec.image ?? '')
  state.limits.set(name, containerLimits(spec))

  const hook = spec.lifecycle?.postStart
  const outcome = hook && (await runHook(scope, container, { hook, kind: 'PostStart', running }))
  // A deletion cuts the hook short, which is no failure of it.
  const failure = scope.signal.aborted ? undefined : outcome
  const isStarted = !spec.startupProbe
  scope.apply(name, {
    type: 'started',
    containerId: running.id,
    ...identity,
    started: isStarted,
    ready: isStarted && !spec.readinessProbe,
  })
  const ended = running.exited.then(async (end) => {
    // A message that cannot be read must not hide the end of the container.
    const message = await terminationMessage(container, { end, messageFile, logs: running.logs }).catch(() => undefined)
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

/** Keeps the newest ended instance, for its log; what came before it goes. */
function forgetOld({ context, recordOf, state }: PodScope, name: string): void {
  const kept = state.ended.get(name)
  const ended = lastTermination(recordOf(name))?.containerId
  if (kept && kept !== ended) void context.runtime.remove(kept).catch(() => {})
  if (ended) state.ended.set(name, ended)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function newContainerId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `containerd://${Buffer.from(bytes).toString('hex')}`
}
