// Creating and deleting pods on behalf of a workload, with the Events that upstream's controllers report.
import { isApiError } from '../apiserver/errors.ts'
import type { Client } from '../client.ts'
import type { KubeObject, Pod, PodTemplateSpec } from '../objects/types.ts'
import { controllerReference } from './ownership.ts'

interface Owner {
  apiVersion: string
  kind: string
  metadata: KubeObject['metadata']
}

interface CreatePodOptions {
  owner: Owner
  template: PodTemplateSpec
  component: string
  /** Changes the pod before it is created. */
  adjust?(pod: Pod): void
}

/** The longest `generateName` that still leaves room for the random suffix. */
const longestPrefix = 63 - 5

/** A pod of a template, owned and named after its owner. */
export function podFromTemplate(owner: Owner, template: PodTemplateSpec): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`.slice(0, longestPrefix),
      namespace: owner.metadata.namespace ?? '',
      ...(labels ? { labels: { ...labels } } : {}),
      ...(annotations ? { annotations: { ...annotations } } : {}),
      ...(finalizers ? { finalizers: [...finalizers] } : {}),
      ownerReferences: [controllerReference(owner)],
    },
    ...(template.spec ? { spec: structuredClone(template.spec) } : {}),
  }
}

/** Creates a pod and reports it on the owner; rejects, after reporting, when the API refuses it. */
export async function createPod(client: Client, options: CreatePodOptions): Promise<void> {
  const { owner, template, component } = options
  const pod = podFromTemplate(owner, template)
  options.adjust?.(pod)
  try {
    const created = await client.create(pod)
    const message = `Created pod: ${created.metadata.name}`
    client.report(owner, { type: 'Normal', reason: 'SuccessfulCreate', message, component })
  } catch (error) {
    if (isNamespaceTerminating(error)) return
    const message = `Error creating: ${error instanceof Error ? error.message : String(error)}`
    client.report(owner, { type: 'Warning', reason: 'FailedCreate', message, component })
    throw error
  }
}

/** Deletes a pod and reports it on the owner; returns the error when the API refuses. */
export async function removePod(
  client: Client,
  { owner, pod, component }: { owner: Owner; pod: Pod; component: string },
): Promise<unknown> {
  const { name = '', namespace = '', uid } = pod.metadata
  try {
    await client.remove('Pod', { name, namespace }, uid ? { preconditions: { uid } } : {})
    client.report(owner, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${name}`, component })
    return undefined
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    const message = `Error deleting: ${error instanceof Error ? error.message : String(error)}`
    client.report(owner, { type: 'Warning', reason: 'FailedDelete', message, component })
    return error
  }
}

/** True for the refusal of any new object in a namespace that is going away. */
export function isNamespaceTerminating(error: unknown): boolean {
  if (!isApiError(error, 'Forbidden')) return false
  return (
    error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true ||
    error.message.includes('because it is being terminated')
  )
}
