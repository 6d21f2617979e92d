import type { KubeObject } from '../../kubernetes/objects.ts'
import { readManifests, workloadNamespace } from '../../manifests.ts'

/** The objects of the healthy application by `Kind/name`. */
export function manifestObjects(): Map<string, KubeObject> {
  return new Map(readManifests(workloadNamespace).map((object) => [`${object.kind}/${object.metadata.name}`, object]))
}
