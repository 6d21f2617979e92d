// Kubernetes objects as the lab handles them: plain JSON with the metadata that every kind has.

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
}

export interface ManagedField {
  manager?: string
  operation?: string
  time?: string
  subresource?: string
  fieldsV1?: object
}

export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  creationTimestamp?: string
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  managedFields?: ManagedField[]
}

/** Any object: what the lab knows of it beyond metadata is read through the typed views below. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

export interface Probe {
  httpGet?: { path?: string; port: number | string; scheme?: string; host?: string; httpHeaders?: unknown[] }
  tcpSocket?: { port: number | string; host?: string }
  exec?: { command?: string[] }
  grpc?: { port: number }
  initialDelaySeconds?: number
  periodSeconds?: number
  timeoutSeconds?: number
  failureThreshold?: number
  successThreshold?: number
}

export interface EnvVar {
  name: string
  value?: string
  valueFrom?: {
    secretKeyRef?: { name?: string; key: string; optional?: boolean }
    configMapKeyRef?: { name?: string; key: string; optional?: boolean }
    fieldRef?: { fieldPath: string }
  }
}

export interface SecurityContext {
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  runAsNonRoot?: boolean
  runAsUser?: number
  readOnlyRootFilesystem?: boolean
  capabilities?: { add?: string[]; drop?: string[] }
}

export interface Container {
  name: string
  image?: string
  imagePullPolicy?: string
  command?: string[]
  args?: string[]
  env?: EnvVar[]
  envFrom?: {
    secretRef?: { name?: string; optional?: boolean }
    configMapRef?: { name?: string; optional?: boolean }
  }[]
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[]
  resources?: { requests?: Record<string, string | number>; limits?: Record<string, string | number> }
  livenessProbe?: Probe
  readinessProbe?: Probe
  startupProbe?: Probe
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; subPath?: string }[]
  securityContext?: SecurityContext
}

export interface PodSpec {
  containers: Container[]
  initContainers?: Container[]
  volumes?: {
    name: string
    persistentVolumeClaim?: { claimName: string }
    hostPath?: { path: string }
    emptyDir?: object
    configMap?: object
    secret?: object
  }[]
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  hostAliases?: unknown[]
  dnsPolicy?: string
  nodeName?: string
  serviceAccountName?: string
  securityContext?: SecurityContext
}

export interface Deployment extends KubeObject {
  spec: {
    replicas?: number
    paused?: boolean
    selector: { matchLabels?: Record<string, string> }
    template: { metadata?: Partial<ObjectMeta>; spec: PodSpec }
    strategy?: { type?: string; rollingUpdate?: object }
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    unavailableReplicas?: number
    conditions?: { type: string; status: string; reason?: string; message?: string }[]
  }
}

/** Whether the controller has seen the last change, and as many replicas are available as are wanted. */
export function isAvailable({ metadata, spec, status }: Deployment): boolean {
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 1)
  return isSeen && (status?.availableReplicas ?? 0) >= (spec.replicas ?? 1)
}

export interface ReplicaSet extends KubeObject {
  spec: { replicas?: number; template?: { spec: PodSpec } }
  status?: { replicas?: number }
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { reason?: string; exitCode?: number; message?: string; finishedAt?: string }
}

export interface ContainerStatus {
  name: string
  ready: boolean
  restartCount: number
  state?: ContainerState
  lastState?: ContainerState
}

export interface Pod extends KubeObject {
  spec: PodSpec
  status?: {
    phase?: string
    podIP?: string
    reason?: string
    conditions?: { type: string; status: string; reason?: string; message?: string }[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
  }
}

export interface ServiceObject extends KubeObject {
  spec: {
    type?: string
    selector?: Record<string, string>
    clusterIP?: string
    externalName?: string
    externalIPs?: string[]
    publishNotReadyAddresses?: boolean
    ports?: { name?: string; port: number; targetPort?: number | string; nodePort?: number; protocol?: string }[]
  }
}

export interface EndpointSlice extends KubeObject {
  ports?: { name?: string; port?: number }[]
  endpoints?: {
    addresses: string[]
    conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
    targetRef?: { kind?: string; name?: string; uid?: string }
  }[]
}

export interface IngressBackend {
  service?: { name: string; port?: { number?: number; name?: string } }
}

export interface Ingress extends KubeObject {
  spec: {
    ingressClassName?: string
    defaultBackend?: IngressBackend
    tls?: unknown[]
    rules?: {
      host?: string
      http?: { paths: { path?: string; pathType?: string; backend: IngressBackend }[] }
    }[]
  }
}

/** `Deployment/backend`: how an object is named everywhere in the lab. */
export function nameOf(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`
}

/** The owner that controls this object, if it has one. */
export function findController(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller)
}
