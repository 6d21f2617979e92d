// Small objects for tests, with the defaults that the server would have filled in.
import type { Deployment, Node, PersistentVolumeClaim, Pod, Service, StorageClass } from '../../objects/types.ts'

type DeploymentSpec = NonNullable<Deployment['spec']>

/** A Deployment `web` of `app=web` in the namespace `lab`. */
export function makeDeployment(spec: Partial<DeploymentSpec> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'lab' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:1' }] } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
    },
  }
}

/** A pod `name` with labels. */
export function makePod(name: string, labels: Record<string, string> = {}, spec: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'lab', labels },
    spec: { containers: [{ name: 'c', image: 'web:1' }], schedulerName: 'default-scheduler', ...spec },
    status: { phase: 'Pending' },
  }
}

/** A Service `name` on port 80. */
export function makeService(name: string, spec: Service['spec'] = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'lab' },
    spec: { clusterIP: '10.43.0.9', selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP' }], ...spec },
  }
}

/** A node with 2 cores, 4 GiB and room for 110 pods. */
export function makeNode(name: string, labels: Record<string, string> = {}, spec: Node['spec'] = {}): Node {
  const resources = { cpu: '2', memory: '4Gi', pods: '110' }
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: { allocatable: resources, capacity: resources, conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** A claim `name` of a class for 1 GiB. */
export function makeClaim(name: string, storageClassName = 'local-path'): PersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'lab' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: '1Gi' } },
      volumeMode: 'Filesystem',
    },
  }
}

/** The class `local-path`, as the cluster has it. */
export function makeLocalPathClass(): StorageClass {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'local-path' },
    provisioner: 'rancher.io/local-path',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
}
