// Kubernetes' object types as they travel in JSON, aliased once. Types only: importing
// @kubernetes/client-node for real costs 0.6 s and 130 MB.
import type * as k8s from '@kubernetes/client-node'

type JsonKey<K> = K extends `_${infer Name}` ? Name : K

/**
 * A client-node model as JSON carries it: times are strings, and names that TypeScript
 * reserves (`_continue`, `_from`) have their own spelling back.
 */
export type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [K in keyof T as JsonKey<K>]: Json<T[K]> }
      : T

export type ObjectMeta = Json<k8s.V1ObjectMeta>
export type OwnerReference = Json<k8s.V1OwnerReference>
export type LabelSelector = Json<k8s.V1LabelSelector>
export type ObjectReference = Json<k8s.V1ObjectReference>
export type ManagedFieldsEntry = Json<k8s.V1ManagedFieldsEntry>

/** Any API object: what the generic layers handle. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

/** What every stored object has: the server sets these before it answers. */
type Typed<T> = Omit<Json<T>, 'apiVersion' | 'kind' | 'metadata'> & {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

export type Binding = Typed<k8s.V1Binding>
export type ConfigMap = Typed<k8s.V1ConfigMap>
export type Endpoints = Typed<k8s.V1Endpoints>
export type Event = Typed<k8s.CoreV1Event>
export type LimitRange = Typed<k8s.V1LimitRange>
export type Namespace = Typed<k8s.V1Namespace>
export type Node = Typed<k8s.V1Node>
export type PersistentVolume = Typed<k8s.V1PersistentVolume>
export type PersistentVolumeClaim = Typed<k8s.V1PersistentVolumeClaim>
export type Pod = Typed<k8s.V1Pod>
export type PodTemplate = Typed<k8s.V1PodTemplate>
export type ReplicationController = Typed<k8s.V1ReplicationController>
export type ResourceQuota = Typed<k8s.V1ResourceQuota>
export type Secret = Typed<k8s.V1Secret>
export type Service = Typed<k8s.V1Service>
export type ServiceAccount = Typed<k8s.V1ServiceAccount>
export type ControllerRevision = Typed<k8s.V1ControllerRevision>
export type DaemonSet = Typed<k8s.V1DaemonSet>
export type Deployment = Typed<k8s.V1Deployment>
export type ReplicaSet = Typed<k8s.V1ReplicaSet>
export type StatefulSet = Typed<k8s.V1StatefulSet>
export type CronJob = Typed<k8s.V1CronJob>
export type Job = Typed<k8s.V1Job>
export type HorizontalPodAutoscaler = Typed<k8s.V2HorizontalPodAutoscaler>
export type PodDisruptionBudget = Typed<k8s.V1PodDisruptionBudget>
export type Ingress = Typed<k8s.V1Ingress>
export type IngressClass = Typed<k8s.V1IngressClass>
export type NetworkPolicy = Typed<k8s.V1NetworkPolicy>
export type ClusterRole = Typed<k8s.V1ClusterRole>
export type ClusterRoleBinding = Typed<k8s.V1ClusterRoleBinding>
export type Role = Typed<k8s.V1Role>
export type RoleBinding = Typed<k8s.V1RoleBinding>
export type StorageClass = Typed<k8s.V1StorageClass>
export type EndpointSlice = Typed<k8s.V1EndpointSlice>
export type PriorityClass = Typed<k8s.V1PriorityClass>
export type Lease = Typed<k8s.V1Lease>
export type MutatingWebhookConfiguration = Typed<k8s.V1MutatingWebhookConfiguration>
export type ValidatingWebhookConfiguration = Typed<k8s.V1ValidatingWebhookConfiguration>
export type ValidatingAdmissionPolicy = Typed<k8s.V1ValidatingAdmissionPolicy>
export type ValidatingAdmissionPolicyBinding = Typed<k8s.V1ValidatingAdmissionPolicyBinding>
export type MutatingAdmissionPolicy = Typed<k8s.V1MutatingAdmissionPolicy>
export type MutatingAdmissionPolicyBinding = Typed<k8s.V1MutatingAdmissionPolicyBinding>
export type MatchResources = Json<k8s.V1MatchResources>
export type CustomResourceDefinition = Typed<k8s.V1CustomResourceDefinition>
export type APIService = Typed<k8s.V1APIService>

export type ComponentStatus = Typed<k8s.V1ComponentStatus>
export type CertificateSigningRequest = Typed<k8s.V1CertificateSigningRequest>
export type RuntimeClass = Typed<k8s.V1RuntimeClass>
export type VolumeAttachment = Typed<k8s.V1VolumeAttachment>
export type VolumeAttributesClass = Typed<k8s.V1VolumeAttributesClass>
export type CSIDriver = Typed<k8s.V1CSIDriver>
export type CSINode = Typed<k8s.V1CSINode>
export type CSIStorageCapacity = Typed<k8s.V1CSIStorageCapacity>
export type FlowSchema = Typed<k8s.V1FlowSchema>
export type PriorityLevelConfiguration = Typed<k8s.V1PriorityLevelConfiguration>
export type IPAddress = Typed<k8s.V1IPAddress>
export type ServiceCIDR = Typed<k8s.V1ServiceCIDR>
export type DeviceClass = Typed<k8s.V1DeviceClass>
export type ResourceClaim = Typed<k8s.ResourceV1ResourceClaim>
export type ResourceClaimTemplate = Typed<k8s.V1ResourceClaimTemplate>
export type ResourceSlice = Typed<k8s.V1ResourceSlice>
export type HorizontalPodAutoscalerV1 = Typed<k8s.V1HorizontalPodAutoscaler>

export type PodSpec = Json<k8s.V1PodSpec>
export type PodStatus = Json<k8s.V1PodStatus>
export type PodCondition = Json<k8s.V1PodCondition>
export type PodTemplateSpec = Json<k8s.V1PodTemplateSpec>
export type Container = Json<k8s.V1Container>
export type ContainerStatus = Json<k8s.V1ContainerStatus>
export type ContainerState = Json<k8s.V1ContainerState>
export type EnvVar = Json<k8s.V1EnvVar>
export type Probe = Json<k8s.V1Probe>
export type Volume = Json<k8s.V1Volume>
export type VolumeMount = Json<k8s.V1VolumeMount>
export type ResourceRequirements = Json<k8s.V1ResourceRequirements>
export type Status = Json<k8s.V1Status>

/** The kinds with a type of their own, by name. A custom resource is a plain `KubeObject`. */
export interface KindTypes {
  Binding: Binding
  ConfigMap: ConfigMap
  Endpoints: Endpoints
  Event: Event
  LimitRange: LimitRange
  Namespace: Namespace
  Node: Node
  PersistentVolume: PersistentVolume
  PersistentVolumeClaim: PersistentVolumeClaim
  Pod: Pod
  PodTemplate: PodTemplate
  ReplicationController: ReplicationController
  ResourceQuota: ResourceQuota
  Secret: Secret
  Service: Service
  ServiceAccount: ServiceAccount
  ControllerRevision: ControllerRevision
  DaemonSet: DaemonSet
  Deployment: Deployment
  ReplicaSet: ReplicaSet
  StatefulSet: StatefulSet
  CronJob: CronJob
  Job: Job
  HorizontalPodAutoscaler: HorizontalPodAutoscaler
  PodDisruptionBudget: PodDisruptionBudget
  Ingress: Ingress
  IngressClass: IngressClass
  NetworkPolicy: NetworkPolicy
  ClusterRole: ClusterRole
  ClusterRoleBinding: ClusterRoleBinding
  Role: Role
  RoleBinding: RoleBinding
  StorageClass: StorageClass
  EndpointSlice: EndpointSlice
  PriorityClass: PriorityClass
  Lease: Lease
  MutatingWebhookConfiguration: MutatingWebhookConfiguration
  ValidatingWebhookConfiguration: ValidatingWebhookConfiguration
  CustomResourceDefinition: CustomResourceDefinition
  APIService: APIService
}

export type KindName = keyof KindTypes
