// The healthy application, read from manifests/ and retargeted to the namespace of an attempt.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'
import type { Ingress, KubeObject } from './kubernetes/objects.ts'

const folder = fileURLToPath(new URL('../../../manifests/taskmaster', import.meta.url))
/** Namespace and host as the manifests have them. */
export const workloadNamespace = 'taskmaster'
export const workloadHost = 'taskmaster.local'

/** All objects of the healthy application, namespaces first. */
export function readManifests(namespace: string): KubeObject[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
  const objects = files.flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), 'utf8'))
      .map((document) => document.toJS() as KubeObject | null)
      .filter((object): object is KubeObject => Boolean(object?.kind)),
  )
  const rank = (object: KubeObject) => order.indexOf(object.kind) + 1 || order.length + 1
  return objects.sort((a, b) => rank(a) - rank(b)).map((object) => retarget(object, namespace))
}

const order = ['Namespace', 'Secret', 'ConfigMap', 'PersistentVolumeClaim', 'Service', 'Deployment', 'Ingress']

/** The host under which an attempt's application is asked. */
export function hostOf(namespace: string): string {
  return namespace === workloadNamespace ? workloadHost : `${namespace}.${workloadHost}`
}

function retarget(object: KubeObject, namespace: string): KubeObject {
  if (namespace === workloadNamespace) return object
  if (object.kind === 'Namespace') return { ...object, metadata: { ...object.metadata, name: namespace } }
  const moved = { ...object, metadata: { ...object.metadata, namespace } }
  if (object.kind !== 'Ingress') return moved
  const { spec } = moved as Ingress
  const rules = spec.rules?.map((rule) => (rule.host === workloadHost ? { ...rule, host: hostOf(namespace) } : rule))
  return { ...moved, spec: { ...spec, rules } }
}
