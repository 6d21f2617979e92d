// Claims and volumes in scheduling: what must be bound first, and where a volume can be used.
import type { PersistentVolumeClaim, Pod } from '../../objects/types.ts'
import { annotations, claimNamesOf, classNameOf, findVolume, isBound, waitsForConsumer } from '../storage/volumes.ts'
import { volumeFitsNode } from './node-affinity.ts'
import type { NodeView, SchedulingView } from './scheduling-view.ts'

/** A pod's claims: those that have a volume and those that get one on the chosen node. */
export interface PodClaims {
  bound: PersistentVolumeClaim[]
  delayed: PersistentVolumeClaim[]
}

/** The pod's claims, or why no node can be considered at all, in upstream's words. */
export function podClaims(pod: Pod, view: SchedulingView): PodClaims | string {
  const claims: PodClaims = { bound: [], delayed: [] }
  let isImmediateUnbound = false
  for (const name of claimNamesOf(pod)) {
    const claim = view.claim(pod.metadata.namespace ?? '', name)
    if (!claim) return `persistentvolumeclaim "${name}" not found`
    if (claim.status?.phase === 'Lost') {
      return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec?.volumeName ?? ''}"`
    }
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim "${name}" is being deleted`
    if (isBound(claim)) claims.bound.push(claim)
    else if (waitsForConsumer(view.storageClass(classNameOf(claim))) && !claim.spec?.volumeName)
      claims.delayed.push(claim)
    else isImmediateUnbound = true
  }
  return isImmediateUnbound ? 'pod has unbound immediate PersistentVolumeClaims' : claims
}

/** Why the claims keep the pod off the node, if they do. */
export function volumeConflict(
  { bound, delayed }: PodClaims,
  target: NodeView,
  view: SchedulingView,
): string | undefined {
  const volumes = bound.length + delayed.length > 0 ? view.volumes() : []
  for (const claim of bound) {
    const volume = volumes.find(({ metadata }) => metadata.name === claim.spec?.volumeName)
    if (!volume) return 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'
    if (!volumeFitsNode(volume, target.node)) return "node(s) didn't match PersistentVolume's node affinity"
  }
  for (const claim of delayed) {
    const selected = claim.metadata.annotations?.[annotations.selectedNode]
    if (selected && selected !== target.name) return "node(s) didn't find available persistent volumes to bind"
    const here = volumes.filter((volume) => volumeFitsNode(volume, target.node))
    const provisioner = view.storageClass(classNameOf(claim))?.provisioner
    const canProvision = provisioner !== undefined && provisioner !== 'kubernetes.io/no-provisioner'
    if (!canProvision && !findVolume(claim, here)) return "node(s) didn't find available persistent volumes to bind"
  }
  return undefined
}
