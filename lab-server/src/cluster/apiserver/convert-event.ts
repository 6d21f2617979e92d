// events.k8s.io/v1 and core/v1 are two views of the same Events; the core view is stored.
import type { KubeObject } from '../objects/types.ts'

const renamed: [core: string, modern: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
]

/** The core/v1 form of an events.k8s.io/v1 Event. */
export function eventToCore(event: KubeObject): KubeObject {
  return rename(event, 'v1', new Map(renamed.map(([core, modern]) => [modern, core])))
}

/** The events.k8s.io/v1 form of a core/v1 Event. */
export function eventFromCore(event: KubeObject): KubeObject {
  return rename(event, 'events.k8s.io/v1', new Map(renamed))
}

function rename(event: KubeObject, apiVersion: string, names: Map<string, string>): KubeObject {
  const entries = Object.entries(event).map(([field, value]) => [names.get(field) ?? field, value])
  return { ...(Object.fromEntries(entries) as KubeObject), apiVersion }
}
