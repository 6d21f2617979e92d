// The table of kinds: everything the cluster serves, in the order of `kubectl api-resources`.
// Adding a kind is a file for it and a line here.
import {
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
} from './admission/policies.ts'
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './admission/webhooks.ts'
import { apiService, customResourceDefinition } from './apis/extensions.ts'
import { reviews } from './apis/reviews.ts'
import { controllerRevision } from './apps/controller-revision.ts'
import { daemonSet } from './apps/daemon-set.ts'
import { deployment } from './apps/deployment.ts'
import { replicaSet } from './apps/replica-set.ts'
import { statefulSet } from './apps/stateful-set.ts'
import { horizontalPodAutoscaler, horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler.ts'
import { cronJob } from './batch/cron-job.ts'
import { job } from './batch/job.ts'
import { certificateSigningRequest } from './certificates/certificate-signing-request.ts'
import { lease } from './coordination/lease.ts'
import { configMap, secret, serviceAccount } from './core/configuration.ts'
import { endpoints } from './core/endpoints.ts'
import { event, modernEvent } from './core/event.ts'
import { limitRange, namespace, resourceQuota } from './core/namespace.ts'
import { node } from './core/node.ts'
import { binding, componentStatus, podTemplate, replicationController } from './core/others.ts'
import { pod } from './core/pod.ts'
import { service } from './core/service.ts'
import { persistentVolume, persistentVolumeClaim } from './core/storage.ts'
import { endpointSlice } from './discovery/endpoint-slice.ts'
import { flowSchema, priorityLevelConfiguration } from './flowcontrol/flow-control.ts'
import type { KindDefinition } from './kind-definition.ts'
import { ingress, ingressClass } from './networking/ingress.ts'
import { networkPolicy } from './networking/network-policy.ts'
import { ipAddress, serviceCidr } from './networking/service-addresses.ts'
import { runtimeClass } from './node/runtime-class.ts'
import { podDisruptionBudget } from './policy/pod-disruption-budget.ts'
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac/roles.ts'
import { deviceClass, resourceClaim, resourceClaimTemplate, resourceSlice } from './resource/devices.ts'
import { priorityClass } from './scheduling/priority-class.ts'
import { csiDriver, csiNode, csiStorageCapacity, volumeAttachment, volumeAttributesClass } from './storage/drivers.ts'
import { storageClass } from './storage/storage-class.ts'

/** The built-in kinds. Where two have the same name, the first is preferred. */
export const kinds: KindDefinition[] = [
  binding,
  componentStatus,
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,
  customResourceDefinition,
  apiService,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  ...reviews,
  horizontalPodAutoscaler,
  horizontalPodAutoscalerV1,
  cronJob,
  job,
  certificateSigningRequest,
  lease,
  endpointSlice,
  modernEvent,
  flowSchema,
  priorityLevelConfiguration,
  ingressClass,
  ingress,
  ipAddress,
  networkPolicy,
  serviceCidr,
  runtimeClass,
  podDisruptionBudget,
  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  priorityClass,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
]

/** API groups in the order in which discovery lists them: it decides which group a bare kind name means. */
export const groupOrder = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]
