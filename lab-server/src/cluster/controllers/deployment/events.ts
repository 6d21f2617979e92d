// Event texts of the deployment controller. Same wording as upstream, so that kubectl describe reads the same.
import type { ReplicaSet } from '../../objects/types.ts'

/** Who reports these Events. */
export const component = 'deployment-controller'

/** `Scaled up replica set frontend-6bfc66b788 from 0 to 2`. */
export function scalingMessage(replicaSet: ReplicaSet, from: number, to: number): string {
  return `Scaled ${to > from ? 'up' : 'down'} replica set ${replicaSet.metadata.name} from ${from} to ${to}`
}
