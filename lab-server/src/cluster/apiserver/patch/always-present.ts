// Parts that every object of a type has, even one that nobody filled in, because the API keeps them by value. Nobody
// owns their mere existence: a manager that creates a Deployment owns `spec.strategy.type` but not `spec.strategy`.
import { isJsonObject, type JsonObject, ownMember } from './json-value.ts'
import type { MergeSchema } from './merge-schema.ts'

// Type → its fields that are always there.
const PRESENT: Record<string, string> = {
  'apps.v1.DaemonSetSpec': 'template updateStrategy',
  'apps.v1.DeploymentSpec': 'template strategy',
  'apps.v1.ReplicaSetSpec': 'template',
  'apps.v1.StatefulSetSpec': 'template updateStrategy',
  'autoscaling.v1.HorizontalPodAutoscalerSpec': 'scaleTargetRef',
  'autoscaling.v2.HorizontalPodAutoscalerSpec': 'scaleTargetRef',
  'batch.v1.CronJobSpec': 'jobTemplate',
  'batch.v1.JobSpec': 'template',
  'batch.v1.JobTemplateSpec': 'metadata spec',
  'core.v1.Binding': 'target',
  'core.v1.Event': 'involvedObject source',
  'core.v1.NodeDaemonEndpoints': 'kubeletEndpoint',
  'core.v1.NodeStatus': 'daemonEndpoints nodeInfo',
  'core.v1.PersistentVolumeClaimSpec': 'resources',
  'core.v1.PodSpec': 'containers',
  'core.v1.PodTemplate': 'template',
  'core.v1.PodTemplateSpec': 'metadata spec',
  'core.v1.ServiceStatus': 'loadBalancer',
  'events.v1.Event': 'deprecatedSource regarding',
  'networking.v1.IngressStatus': 'loadBalancer',
  'networking.v1.NetworkPolicySpec': 'podSelector',
  'rbac.v1.ClusterRoleBinding': 'roleRef',
  'rbac.v1.RoleBinding': 'roleRef',
  'storage.v1.VolumeAttachmentSpec': 'source',
  'v1.CustomResourceDefinitionSpec': 'names',
}

/** The object with every part that its type always has; shares the parts that are there. */
export function withPresentParts(object: JsonObject, schema: MergeSchema): JsonObject {
  if (schema.type !== 'object') return object
  const type = schema.definition?.split('.').slice(-3).join('.') ?? ''
  const isKind = schema.field('kind') !== undefined && schema.field('metadata') !== undefined
  const names = [...(isKind ? ['metadata', 'spec', 'status'] : []), ...(PRESENT[type]?.split(' ') ?? [])]
  if (names.length === 0) return object
  const result: JsonObject = { ...object }
  for (const name of names) {
    const field = schema.field(name)
    const value = ownMember(object, name)
    if (field?.type === 'object' && field.definition) {
      if (value === undefined || isJsonObject(value)) result[name] = withPresentParts(value ?? {}, field)
    } else if (field?.type === 'list') result[name] = value ?? null
  }
  return result
}
