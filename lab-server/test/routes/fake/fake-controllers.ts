// Deployments, ReplicaSets, pods and endpoints of the fake cluster, brought up to date after every write.
import { createHash } from 'node:crypto'
import type { Deployment, KubeObject, Pod, ReplicaSet, ServiceObject } from '../../../src/lab/kubernetes/objects.ts'
import type { FakeStore } from './fake-store.ts'

const revision = 'deployment.kubernetes.io/revision'
let address = 2

/** One pass over everything: a pod that can start is ready at once. */
export function reconcile(store: FakeStore): void {
  for (const claim of store.list('persistentvolumeclaims')) {
    const spec = claim.spec as { volumeName?: string }
    const volumeName = spec.volumeName ?? `pvc-${claim.metadata.uid}`
    store.put('persistentvolumeclaims', { ...claim, spec: { ...spec, volumeName }, status: { phase: 'Bound' } })
  }
  for (const deployment of store.list('deployments')) rollOut(store, deployment as Deployment)
  for (const set of store.list('replicasets')) keepPods(store, set as ReplicaSet)
  for (const pod of store.list('pods')) runPod(store, pod as Pod)
  for (const deployment of store.list('deployments')) reportDeployment(store, deployment as Deployment)
  for (const service of store.list('services')) publish(store, service as ServiceObject)
}

function rollOut(store: FakeStore, deployment: Deployment): void {
  if (deployment.spec.paused) return
  const hash = createHash('md5').update(JSON.stringify(deployment.spec.template)).digest('hex').slice(0, 8)
  const name = `${deployment.metadata.name}-${hash}`
  const own = ownedBy(store, 'replicasets', deployment)
  const known = own.find((set) => set.metadata.name === name)
  const highest = Math.max(0, ...own.map((set) => Number(set.metadata.annotations?.[revision] ?? 0)))
  const current = known && Number(known.metadata.annotations?.[revision]) === highest ? highest : highest + 1
  const annotations = { [revision]: String(current) }
  store.put('replicasets', {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name, namespace: deployment.metadata.namespace, annotations, ownerReferences: [ownerOf(deployment)] },
    spec: { replicas: deployment.spec.replicas ?? 1, template: deployment.spec.template },
    status: known?.status ?? { replicas: 0 },
  })
  const isServing = podsOf(store, name, deployment).some(isReady)
  for (const old of own.filter((set) => set.metadata.name !== name)) {
    // A rolling update keeps the old pods until new ones are ready.
    const keeps = (deployment.spec.replicas ?? 1) > 0 && !isServing && !canStart(store, deployment)
    if (!keeps) store.put('replicasets', { ...old, spec: { ...(old as ReplicaSet).spec, replicas: 0 } })
  }
  store.put('deployments', {
    ...deployment,
    metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, ...annotations } },
  })
}

function keepPods(store: FakeStore, set: ReplicaSet): void {
  const pods = ownedBy(store, 'pods', set)
  const wanted = set.spec.replicas ?? 0
  for (const pod of pods.slice(wanted)) store.remove('pods', pod.metadata.namespace ?? '', pod.metadata.name)
  for (let index = pods.length; index < wanted; index++) {
    const template = set.spec.template as { metadata?: { labels?: Record<string, string> }; spec: Pod['spec'] }
    store.put('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${set.metadata.name}-${address}`,
        namespace: set.metadata.namespace,
        labels: template.metadata?.labels,
        ownerReferences: [ownerOf(set)],
      },
      spec: template.spec,
      status: { podIP: `10.42.0.${address++}` },
    })
  }
  store.put('replicasets', { ...set, status: { replicas: wanted } })
}

function runPod(store: FakeStore, pod: Pod): void {
  const podIP = pod.status?.podIP ?? `10.42.0.${address++}`
  const ready = canStart(store, { spec: { template: { spec: pod.spec } }, metadata: pod.metadata } as Deployment)
  const containerStatuses = pod.spec.containers.map(({ name }) => ({
    name,
    ready,
    restartCount: 0,
    state: { running: {} },
  }))
  store.put('pods', { ...pod, status: { phase: 'Running', podIP, containerStatuses } })
}

/** Whether pods of this template become ready: their keys exist and the readiness probe asks what is there. */
function canStart(store: FakeStore, { spec, metadata }: Deployment): boolean {
  return spec.template.spec.containers.every((container) => {
    const path = container.readinessProbe?.httpGet?.path
    if (path !== undefined && path !== '/api/health') return false
    return (container.env ?? []).every(({ valueFrom }) => {
      const ref = valueFrom?.secretKeyRef
      if (!ref || ref.optional) return true
      const secret = store.find('secrets', metadata.namespace ?? '', ref.name ?? '')
      return ref.key in ((secret?.data ?? {}) as object)
    })
  })
}

function reportDeployment(store: FakeStore, deployment: Deployment): void {
  const sets = ownedBy(store, 'replicasets', deployment)
  const pods = sets.flatMap((set) => ownedBy(store, 'pods', set))
  const newest = sets.find(
    (set) => set.metadata.annotations?.[revision] === deployment.metadata.annotations?.[revision],
  )
  const ready = pods.filter(isReady).length
  store.put('deployments', {
    ...deployment,
    status: {
      observedGeneration: deployment.metadata.generation,
      replicas: pods.length,
      updatedReplicas: newest ? ownedBy(store, 'pods', newest).length : 0,
      readyReplicas: ready,
      availableReplicas: ready,
    },
  })
}

function publish(store: FakeStore, service: ServiceObject): void {
  const { name, namespace = '' } = service.metadata
  const selector = Object.entries(service.spec.selector ?? {})
  const selected = (store.list('pods', namespace) as Pod[]).filter((pod) =>
    selector.every(([key, value]) => pod.metadata.labels?.[key] === value),
  )
  store.put('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-x`,
      namespace,
      labels: { 'kubernetes.io/service-name': name },
      ownerReferences: [ownerOf(service)],
    },
    ports: service.spec.ports?.map(({ port }) => ({ port })),
    endpoints: selected.map((pod) => ({
      addresses: [pod.status?.podIP ?? ''],
      conditions: { ready: isReady(pod) || service.spec.publishNotReadyAddresses === true },
      targetRef: { kind: 'Pod', name: pod.metadata.name },
    })),
  })
}

function podsOf(store: FakeStore, set: string, deployment: Deployment): KubeObject[] {
  const found = store.find('replicasets', deployment.metadata.namespace ?? '', set)
  return found ? ownedBy(store, 'pods', found) : []
}

function isReady(pod: KubeObject): boolean {
  return (pod as Pod).status?.containerStatuses?.every((container) => container.ready) ?? false
}

function ownedBy(store: FakeStore, plural: string, owner: KubeObject): KubeObject[] {
  return store
    .list(plural, owner.metadata.namespace)
    .filter((object) => object.metadata.ownerReferences?.[0]?.uid === owner.metadata.uid)
}

function ownerOf(object: KubeObject) {
  const { apiVersion, kind, metadata } = object
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }
}
