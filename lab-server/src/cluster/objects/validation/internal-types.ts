// Upstream's internal types, as far as its messages print them: their fields in order. A field is `Name` alone when it
// is absent unless set, or `Name:` with what it is: `''`, `0` or `false` when unset, another type behind a pointer, in
// a list (`[]`) or by value (`.`).

const volume = `Name:'' HostPath:HostPath EmptyDir:EmptyDir GCEPersistentDisk AWSElasticBlockStore GitRepo Secret:SecretVolume
  NFS:NFS ISCSI Glusterfs PersistentVolumeClaim:ClaimVolume RBD Quobyte FlexVolume Cinder CephFS Flocker
  DownwardAPI:DownwardAPIVolume FC AzureFile ConfigMap:ConfigMapVolume VsphereVolume AzureDisk PhotonPersistentDisk
  Projected:Projected PortworxVolume ScaleIO StorageOS CSI Ephemeral Image:ImageVolume`

const containerStart = `Name:'' Image:'' Command Args WorkingDir:'' Ports:[]ContainerPort EnvFrom:[]EnvFromSource Env:[]EnvVar
  Resources:.Resources ResizePolicy:[]ResizePolicy RestartPolicy RestartPolicyRules VolumeMounts:[]VolumeMount
  VolumeDevices LivenessProbe:Probe ReadinessProbe:Probe StartupProbe:Probe Lifecycle:Lifecycle
  TerminationMessagePath:'' TerminationMessagePolicy:'' ImagePullPolicy:'' SecurityContext:SecurityContext
  Stdin:false StdinOnce:false TTY:false`

const handler = 'Exec:ExecAction HTTPGet:HTTPGetAction TCPSocket:TCPSocketAction'
const reference = `Name:''`

const fields: Record<string, string> = {
  PodSpec: `Volumes:[]Volume InitContainers:[]Container Containers:[]Container EphemeralContainers:[]EphemeralContainer
    RestartPolicy:'' TerminationGracePeriodSeconds ActiveDeadlineSeconds DNSPolicy:'' NodeSelector ServiceAccountName:''
    AutomountServiceAccountToken NodeName:'' SecurityContext:.PodSecurityContext ImagePullSecrets:[]LocalReference
    Hostname:'' Subdomain:'' SetHostnameAsFQDN Affinity:Affinity SchedulerName:'' Tolerations:[]Toleration
    HostAliases:[]HostAlias PriorityClassName:'' Priority PreemptionPolicy DNSConfig:PodDNSConfig
    ReadinessGates:[]ReadinessGate RuntimeClassName Overhead EnableServiceLinks
    TopologySpreadConstraints:[]TopologySpreadConstraint OS:PodOS SchedulingGates:[]LocalReference ResourceClaims
    Resources:Resources HostnameOverride SchedulingGroup`,
  PodSecurityContext: `HostNetwork:false HostPID:false HostIPC:false ShareProcessNamespace HostUsers SELinuxOptions
    WindowsOptions RunAsUser RunAsGroup RunAsNonRoot SupplementalGroups SupplementalGroupsPolicy FSGroup
    FSGroupChangePolicy Sysctls SeccompProfile:SeccompProfile AppArmorProfile SELinuxChangePolicy`,
  Container: containerStart,
  EphemeralContainer: `${containerStart} TargetContainerName:''`,
  Volume: volume,
  HostPath: `Path:'' Type`,
  EmptyDir: `Medium:'' SizeLimit`,
  SecretVolume: `SecretName:'' Items:[]KeyToPath DefaultMode Optional`,
  ConfigMapVolume: `Name:'' Items:[]KeyToPath DefaultMode Optional`,
  ClaimVolume: `ClaimName:'' ReadOnly:false`,
  DownwardAPIVolume: 'Items:[]DownwardAPIFile DefaultMode',
  DownwardAPIFile: `Path:'' FieldRef:ObjectFieldSelector ResourceFieldRef:ResourceFieldSelector Mode`,
  ImageVolume: `Reference:'' PullPolicy:''`,
  Projected: 'Sources:[]VolumeProjection DefaultMode',
  VolumeProjection: `Secret:ObjectProjection DownwardAPI:DownwardAPIProjection ConfigMap:ObjectProjection
    ServiceAccountToken:TokenProjection ClusterTrustBundle PodCertificate`,
  ObjectProjection: `Name:'' Items:[]KeyToPath Optional`,
  DownwardAPIProjection: 'Items:[]DownwardAPIFile',
  TokenProjection: `Audience:'' ExpirationSeconds:0 Path:''`,
  KeyToPath: `Key:'' Path:'' Mode`,
  ContainerPort: `Name:'' HostPort:0 ContainerPort:0 Protocol:'' HostIP:''`,
  EnvFromSource: `Prefix:'' ConfigMapRef:OptionalReference SecretRef:OptionalReference`,
  OptionalReference: `Name:'' Optional`,
  EnvVar: `Name:'' Value:'' ValueFrom:EnvVarSource`,
  EnvVarSource: `FieldRef:ObjectFieldSelector ResourceFieldRef:ResourceFieldSelector ConfigMapKeyRef:KeySelector
    SecretKeyRef:KeySelector FileKeyRef`,
  ObjectFieldSelector: `APIVersion:'' FieldPath:''`,
  ResourceFieldSelector: `ContainerName:'' Resource:'' Divisor`,
  KeySelector: `Name:'' Key:'' Optional`,
  Resources: 'Limits Requests Claims',
  ResizePolicy: `ResourceName:'' RestartPolicy:''`,
  VolumeMount: `Name:'' ReadOnly:false RecursiveReadOnly MountPath:'' SubPath:'' MountPropagation SubPathExpr:''`,
  Probe: `${handler} GRPC:GRPCAction InitialDelaySeconds:0 TimeoutSeconds:0 PeriodSeconds:0 SuccessThreshold:0
    FailureThreshold:0 TerminationGracePeriodSeconds`,
  Lifecycle: 'PostStart:LifecycleHandler PreStop:LifecycleHandler StopSignal',
  LifecycleHandler: `${handler} Sleep:SleepAction`,
  ExecAction: 'Command',
  HTTPGetAction: `Path:'' Port Host:'' Scheme:'' HTTPHeaders:[]HTTPHeader`,
  HTTPHeader: `Name:'' Value:''`,
  TCPSocketAction: `Port Host:''`,
  GRPCAction: 'Port:0 Service',
  SleepAction: 'Seconds:0',
  SecurityContext: `Capabilities:Capabilities Privileged SELinuxOptions WindowsOptions RunAsUser RunAsGroup RunAsNonRoot
    ReadOnlyRootFilesystem AllowPrivilegeEscalation ProcMount SeccompProfile:SeccompProfile AppArmorProfile`,
  Capabilities: 'Add Drop',
  SeccompProfile: `Type:'' LocalhostProfile`,
  LocalReference: reference,
  PodOS: reference,
  Toleration: `Key:'' Operator:'' Value:'' Effect:'' TolerationSeconds`,
  HostAlias: `IP:'' Hostnames`,
  PodDNSConfig: 'Nameservers Searches Options:[]PodDNSConfigOption',
  PodDNSConfigOption: `Name:'' Value`,
  ReadinessGate: `ConditionType:''`,
  Affinity: 'NodeAffinity:NodeAffinity PodAffinity:PodAffinity PodAntiAffinity:PodAffinity',
  NodeAffinity: `RequiredDuringSchedulingIgnoredDuringExecution:NodeSelector
    PreferredDuringSchedulingIgnoredDuringExecution:[]PreferredTerm`,
  NodeSelector: 'NodeSelectorTerms:[]NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:[]NodeRequirement MatchFields:[]NodeRequirement',
  NodeRequirement: `Key:'' Operator:'' Values`,
  PreferredTerm: 'Weight:0 Preference:.NodeSelectorTerm',
  PodAffinity: `RequiredDuringSchedulingIgnoredDuringExecution:[]PodAffinityTerm
    PreferredDuringSchedulingIgnoredDuringExecution:[]WeightedPodAffinityTerm`,
  PodAffinityTerm: `LabelSelector Namespaces TopologyKey:'' NamespaceSelector MatchLabelKeys MismatchLabelKeys`,
  WeightedPodAffinityTerm: 'Weight:0 PodAffinityTerm:.PodAffinityTerm',
  TopologySpreadConstraint: `MaxSkew:0 TopologyKey:'' WhenUnsatisfiable:'' LabelSelector MinDomains NodeAffinityPolicy
    NodeTaintsPolicy MatchLabelKeys`,
  PersistentVolumeClaimSpec: `AccessModes Selector Resources:.VolumeResources VolumeName:'' StorageClassName VolumeMode
    DataSource:ClaimDataSource DataSourceRef:ClaimDataSource VolumeAttributesClassName`,
  PersistentVolumeSource: `GCEPersistentDisk AWSElasticBlockStore HostPath:HostPath Glusterfs NFS:NFS RBD Quobyte ISCSI
    FlexVolume Cinder CephFS FC Flocker AzureFile VsphereVolume AzureDisk PhotonPersistentDisk PortworxVolume ScaleIO
    Local:Local StorageOS CSI`,
  NFS: `Server:'' Path:'' ReadOnly:false`,
  PodFailurePolicy: 'Rules:[]FailureRule',
  FailureRule: `Action:'' OnExitCodes:ExitCodes OnPodConditions:[]ConditionPattern`,
  ExitCodes: `ContainerName Operator:'' Values`,
  ConditionPattern: `Type:'' Status:''`,
  SuccessPolicy: 'Rules:[]SuccessRule',
  SuccessRule: 'SucceededIndexes SucceededCount',
  DeploymentStrategy: `Type:'' RollingUpdate:RollingUpdate`,
  RollingUpdate: 'MaxUnavailable MaxSurge',
  StatefulSetUpdateStrategy: `Type:'' RollingUpdate:StatefulRollingUpdate`,
  StatefulRollingUpdate: 'Partition:0 MaxUnavailable',
  PodDisruptionBudgetSpec: 'MinAvailable Selector MaxUnavailable UnhealthyPodEvictionPolicy',
  ScopeSelector: 'MatchExpressions:[]ScopeRequirement',
  ScopeRequirement: `ScopeName:'' Operator:'' Values`,
  Local: `Path:'' FSType`,
  VolumeResources: 'Limits Requests',
  ClaimDataSource: `APIGroup Kind:'' Name:''`,
}

/** One field of an internal type: Go's name, the API's, and what it holds. */
export interface InternalField {
  name: string
  jsonName: string
  /** What stands for it when it is not set. */
  unset: '' | 0 | false | null
  /** The type of what it holds, if that is another one of the table. */
  type?: string
  /** A struct that is printed even when nothing of it is set. */
  isValue: boolean
}

/** The fields of an internal type, in the order in which they are printed. */
export function internalFields(type: string): InternalField[] {
  return (fields[type] ?? '').split(/\s+/).filter(Boolean).map(parseField)
}

const zeroes: Record<string, '' | 0 | false> = { "''": '', '0': 0, false: false }
const irregular: Record<string, string> = { CephFS: 'cephfs', StorageOS: 'storageos' }

function parseField(text: string): InternalField {
  const [name = '', kind = ''] = text.split(':')
  const type = zeroes[kind] === undefined ? kind.replace(/^(?:\[\]|\.)/, '') : ''
  return {
    name,
    jsonName: irregular[name] ?? name.replace(/^[A-Z]+(?=[A-Z][a-z]|$)|^[A-Z]/, (start) => start.toLowerCase()),
    unset: zeroes[kind] ?? null,
    ...(type ? { type } : {}),
    isValue: kind.startsWith('.'),
  }
}
