// The history of StatefulSets and DaemonSets: one ControllerRevision for each template they have had.
import type { Client } from '../client.ts'
import { podTemplateHash } from '../objects/pod-template-hash.ts'
import type { ControllerRevision, KubeObject, PodTemplateSpec } from '../objects/types.ts'
import { hasSameTemplate } from './deployment/find-replica-sets.ts'
import { controllerReference } from './ownership.ts'
import { keyOf } from './runtime.ts'

interface Versioned {
  apiVersion: string
  kind: string
  metadata: KubeObject['metadata']
  spec?: { template: PodTemplateSpec; revisionHistoryLimit?: number }
  status?: { collisionCount?: number }
}

/** Finds or creates the revision of the present template, which is the newest one afterwards. */
export async function currentRevision(
  client: Client,
  owner: Versioned,
  { revisions, hashLabel }: { revisions: ControllerRevision[]; hashLabel: string },
): Promise<ControllerRevision> {
  const sorted = [...revisions].sort(byRevision)
  const wanted = newRevision(owner, hashLabel)
  const next = (sorted.at(-1)?.revision ?? 0) + 1
  const same = sorted.filter((revision) => hasSameData(revision, wanted)).at(-1)
  if (!same) return client.create({ ...wanted, revision: next })
  if (same === sorted.at(-1)) return same
  // Back to an earlier template: it becomes the newest again, as `kubectl rollout history` then shows.
  return client.patch('ControllerRevision', keyOf(same), { revision: next })
}

/** Revisions beyond the history limit that no pod runs any more, oldest first. */
export function planRevisionCleanup(
  revisions: ControllerRevision[],
  { limit = 10, inUse }: { limit?: number | undefined; inUse: (revision: ControllerRevision) => boolean },
): ControllerRevision[] {
  const history = revisions.filter((revision) => !inUse(revision)).sort(byRevision)
  return history.slice(0, Math.max(0, history.length - limit))
}

/** The template that a revision stands for. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec | undefined {
  const { spec } = (revision.data ?? {}) as { spec?: { template?: PodTemplateSpec & { $patch?: string } } }
  if (!spec?.template) return undefined
  const { $patch: _, ...template } = spec.template
  return template
}

/** The hash in a revision's name. */
export function hashOf(revision: ControllerRevision, hashLabel: string): string {
  return revision.metadata.labels?.[hashLabel] ?? ''
}

function newRevision(owner: Versioned, hashLabel: string): ControllerRevision {
  const template = JSON.parse(JSON.stringify(owner.spec?.template ?? {}))
  const hash = podTemplateHash(template, owner.status?.collisionCount || undefined)
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name}-${hash}`,
      namespace: owner.metadata.namespace ?? '',
      labels: { ...owner.spec?.template.metadata?.labels, [hashLabel]: hash },
      ownerReferences: [controllerReference(owner)],
    },
    // The strategic merge patch that brings this template back.
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision: 0,
  }
}

function hasSameData(a: ControllerRevision, b: ControllerRevision): boolean {
  return hasSameTemplate(templateOf(a), templateOf(b)) || a.metadata.name === b.metadata.name
}

function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  return a.revision - b.revision
}
