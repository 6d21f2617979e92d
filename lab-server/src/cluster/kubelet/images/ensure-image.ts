// Getting a container's image: what is present, what a registry would answer, and how failures are retried.
import type { Image } from '../container-runtime.ts'
import type { PodContainer } from '../pod-containers.ts'
import type { PodScope } from '../pod-scope.ts'
import { formatImageReference, type ImageReference, parseImageReference } from './image-reference.ts'
import { pullFailure, unansweredPull } from './pull.ts'

/** An image that can be started, with the name that status shows. */
export interface ReadyImage {
  image: Image
  name: string
}

const initialPullBackoffMs = 10_000
const maxPullBackoffMs = 300_000
/** How long a pull waits for a registry that does not answer. */
const unansweredMs = 30_000
/** How long ErrImagePull is shown before it becomes ImagePullBackOff. */
const pullErrorShownMs = 2_000
/** Upstream looks again at a pod that failed to start every ten seconds or a little more. */
export const retryMs = 10_000

/** Finds or "pulls" the image; undefined when the container has to wait, which its record and events then say. */
export function ensureImage(scope: PodScope, container: PodContainer): ReadyImage | undefined {
  const { spec } = container
  const written = spec.image ?? ''
  const policy = spec.imagePullPolicy ?? (/:[^/]+$|@/.test(written) ? 'IfNotPresent' : 'Always')

  const parsed = parseImageReference(written)
  if ('error' in parsed) {
    return refuse(scope, container, { reason: 'InvalidImageName', event: 'InspectFailed', message: parsed.error })
  }
  const name = formatImageReference(parsed)
  const image = scope.context.runtime.findImage(written)
  if (policy === 'Never' && !image) {
    const message = `Container image "${written}" is not present with pull policy of Never`
    return refuse(scope, container, { reason: 'ErrImageNeverPull', event: 'ErrImageNeverPull', message })
  }
  if (image && policy !== 'Always') {
    const message = `Container image "${written}" already present on machine and can be accessed by the pod`
    scope.report({ type: 'Normal', reason: 'Pulled', message, fieldPath: container.fieldPath })
    return { image, name: shownName(image, name) }
  }
  return pull(scope, container, { image, name, parsed })
}

function refuse(
  scope: PodScope,
  container: PodContainer,
  { reason, event, message }: { reason: string; event: string; message: string },
): undefined {
  const { fieldPath, name } = container
  scope.report({ type: 'Warning', reason: event, message, fieldPath })
  scope.report({ type: 'Warning', reason: 'Failed', message: `Error: ${reason}`, fieldPath })
  scope.apply(name, { type: 'held', reason, message })
  scope.state.holds.set(name, scope.context.clock.now() + retryMs)
}

function pull(
  scope: PodScope,
  container: PodContainer,
  { image, name, parsed }: { image: Image | undefined; name: string; parsed: ImageReference },
): ReadyImage | undefined {
  const { state, context } = scope
  const { fieldPath } = container
  const nowMs = context.clock.now()
  const written = container.spec.image ?? ''
  warnOfMissingSecrets(scope)

  const backoff = state.pulls.get(written)
  if (backoff && nowMs < backoff.untilMs) {
    const message = `Back-off pulling image "${written}"`
    scope.report({ type: 'Normal', reason: 'BackOff', message, fieldPath })
    scope.report({ type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff', fieldPath })
    const held = `${message}: ErrImagePull: ${backoff.failure}`
    scope.apply(container.name, { type: 'held', reason: 'ImagePullBackOff', message: held })
    state.holds.set(container.name, Math.min(backoff.untilMs, nowMs + retryMs + pullErrorShownMs))
    return undefined
  }

  const answerMs = state.pulling.get(written)
  if (answerMs === undefined) {
    scope.report({ type: 'Normal', reason: 'Pulling', message: `Pulling image "${written}"`, fieldPath })
  }
  if (image) {
    const took = '1ms (1ms including waiting)'
    const message = `Successfully pulled image "${written}" in ${took}. Image size: ${image.sizeBytes} bytes.`
    scope.report({ type: 'Normal', reason: 'Pulled', message, fieldPath })
    state.pulls.delete(written)
    return { image, name: shownName(image, name) }
  }
  if (!context.hasRegistry && nowMs < (answerMs ?? nowMs + unansweredMs)) {
    state.pulling.set(written, answerMs ?? nowMs + unansweredMs)
    state.holds.set(container.name, answerMs ?? nowMs + unansweredMs)
    return undefined
  }
  state.pulling.delete(written)
  const failure = context.hasRegistry ? pullFailure(parsed, hasRepository(scope, parsed)) : unansweredPull(parsed)
  const message = `Failed to pull image "${written}": ${failure}`
  scope.report({ type: 'Warning', reason: 'Failed', message, fieldPath })
  scope.report({ type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull', fieldPath })
  scope.apply(container.name, { type: 'held', reason: 'ErrImagePull', message: failure })
  const delayMs = backoff ? Math.min(backoff.delayMs * 2, maxPullBackoffMs) : initialPullBackoffMs
  state.pulls.set(written, { delayMs, untilMs: nowMs + delayMs, failure })
  state.holds.set(container.name, nowMs + pullErrorShownMs)
  return undefined
}

function warnOfMissingSecrets({ state, context, report }: PodScope): void {
  const { pod } = state
  const missing = (pod.spec?.imagePullSecrets ?? [])
    .map(({ name }) => name ?? '')
    .filter((name) => !context.client.find('Secret', { namespace: pod.metadata.namespace, name }))
  if (missing.length === 0) return
  const names = missing.join(', ')
  const message = `Unable to retrieve some image pull secrets (${names}); attempting to pull the image may not succeed.`
  report({ type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message })
}

function hasRepository({ context }: PodScope, { registry, repository }: ImageReference): boolean {
  const prefix = `${registry}/${repository}:`
  const isListed = context.images.some(({ names }) => names.some((known) => known.startsWith(prefix)))
  return isListed || context.runtime.findImage(`${prefix}latest`) !== undefined
}

/** containerd shows the canonical name that it knows the image by. */
function shownName(image: Image, canonical: string): string {
  return image.names.includes(canonical) ? canonical : (image.names[0] ?? canonical)
}
