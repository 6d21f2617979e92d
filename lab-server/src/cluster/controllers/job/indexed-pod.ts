import type { Container, Job, Pod } from '../../objects/types.ts'
import { indexKey } from './job-pods.ts'

const variable = 'JOB_COMPLETION_INDEX'

/** Gives a pod its completion index: in its name, host name, label, annotation and its containers' environment. */
export function indexedPod(job: Job, pod: Pod, index: number): void {
  const { metadata, spec } = pod
  metadata.generateName = `${job.metadata.name}-${index}-`
  metadata.annotations = { ...metadata.annotations, [indexKey]: String(index) }
  metadata.labels = { ...metadata.labels, [indexKey]: String(index) }
  if (!spec) return
  spec.hostname = `${job.metadata.name}-${index}`
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) addVariable(container)
}

function addVariable(container: Container): void {
  if (container.env?.some(({ name }) => name === variable)) return
  const valueFrom = { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${indexKey}']` } }
  container.env = [...(container.env ?? []), { name: variable, valueFrom }]
}
