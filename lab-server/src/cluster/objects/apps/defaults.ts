// What an API server fills into the kinds of apps/v1.
import { applyTemplateDefaults } from '../pod-spec/pod-defaults.ts'
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from '../types.ts'

/** Fills in the defaults of a Deployment. */
export function applyDeploymentDefaults(deployment: Deployment): void {
  const { spec } = deployment
  deployment.status ??= {}
  if (!spec) return
  applyTemplateDefaults(spec.template)
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
  spec.strategy ??= {}
  const { strategy } = spec
  strategy.type ||= 'RollingUpdate'
  if (strategy.type !== 'RollingUpdate') return
  strategy.rollingUpdate ??= {}
  strategy.rollingUpdate.maxUnavailable ??= '25%'
  strategy.rollingUpdate.maxSurge ??= '25%'
}

/** Fills in the defaults of a ReplicaSet. */
export function applyReplicaSetDefaults(replicaSet: ReplicaSet): void {
  const { spec } = replicaSet
  replicaSet.status ??= { replicas: 0 }
  if (!spec) return
  applyTemplateDefaults(spec.template)
  spec.replicas ??= 1
}

/** Fills in the defaults of a StatefulSet. */
export function applyStatefulSetDefaults(statefulSet: StatefulSet): void {
  const { spec } = statefulSet
  statefulSet.status ??= { replicas: 0, availableReplicas: 0 }
  if (!spec) return
  applyTemplateDefaults(spec.template)
  spec.podManagementPolicy ||= 'OrderedReady'
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {}
    spec.updateStrategy.rollingUpdate.partition ??= 0
  }
  spec.replicas ??= 1
  spec.revisionHistoryLimit ??= 10
  spec.persistentVolumeClaimRetentionPolicy ??= {}
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain'
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain'
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1'
    claim.kind ??= 'PersistentVolumeClaim'
    if (claim.spec) claim.spec.volumeMode ??= 'Filesystem'
    claim.status ??= {}
    claim.status.phase ??= 'Pending'
  }
}

/** Fills in the defaults of a DaemonSet. */
export function applyDaemonSetDefaults(daemonSet: DaemonSet, old?: DaemonSet): void {
  const { spec } = daemonSet
  daemonSet.status ??= {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  }
  if (!spec) return
  applyTemplateDefaults(spec.template)
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {}
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= 10
  countTemplates(daemonSet, old)
}

/** Old clients tell a DaemonSet's generations of pods by this annotation; the server counts changes of the template. */
function countTemplates({ metadata, spec }: DaemonSet, old?: DaemonSet): void {
  const name = 'deprecated.daemonset.template.generation'
  const before = Number(old?.metadata.annotations?.[name] ?? 0)
  const isSame = before > 0 && JSON.stringify(old?.spec?.template) === JSON.stringify(spec?.template)
  metadata.annotations = { ...metadata.annotations, [name]: String(isSame ? before : before + 1) }
}
