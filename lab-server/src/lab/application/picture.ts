// The live picture: Ingress → Services → Deployments → Pods, each with its symptom in kubectl's words.
import type { AppHealth, Picture, PictureEdge, PictureNode } from '../../contract/events.ts'
import { activeSet } from '../faults/inject.ts'
import {
  type Deployment,
  type EndpointSlice,
  findController,
  type Ingress,
  type KubeObject,
  type Pod,
  type ReplicaSet,
  type ServiceObject,
} from '../kubernetes/objects.ts'
import type { Objects } from '../world/world.ts'
import { podStatus } from './pod-status.ts'

type Tone = PictureNode['tone']

/** Draws the namespace as it is now. */
export function drawPicture(objects: Objects, health: AppHealth | undefined): Picture {
  const services = objects.list<ServiceObject>('Service')
  const deployments = objects.list<Deployment>('Deployment')
  const pods = objects.list<Pod>('Pod')
  const ready = new Map(services.map((service) => [service.metadata.name, readyPods(objects, service.metadata.name)]))
  const nodes: PictureNode[] = []
  const edges: PictureEdge[] = []

  for (const ingress of objects.list<Ingress>('Ingress')) {
    const answers = health ? [health.frontend.status, health.api.status] : []
    const isBad = answers.some((status) => status !== 200)
    const tone: Tone = !health ? 'unknown' : isBad ? 'bad' : 'ok'
    const note = health ? (isBad ? symptomOf(health) : 'serving') : ''
    nodes.push({ id: idOf(ingress), kind: 'Ingress', name: ingress.metadata.name, tone, note })
    for (const rule of ingress.spec.rules ?? []) {
      for (const path of rule.http?.paths ?? []) {
        const service = path.backend.service?.name ?? ''
        const isLit = (ready.get(service)?.length ?? 0) > 0
        edges.push({
          from: idOf(ingress),
          to: `Service/${service}`,
          label: path.path ?? '/',
          tone: isLit ? 'ok' : 'bad',
          lit: true,
        })
      }
    }
  }
  for (const service of services) {
    const count = ready.get(service.metadata.name)?.length ?? 0
    const name = service.metadata.name
    nodes.push({
      id: idOf(service),
      kind: 'Service',
      name,
      tone: count > 0 ? 'ok' : 'bad',
      note: count > 0 ? `${count} ready` : 'no endpoints',
    })
    const targets = deployments.filter((deployment) => isSelected(service, deployment))
    const port = service.spec.ports?.[0]
    for (const deployment of targets) {
      edges.push({
        from: idOf(service),
        to: idOf(deployment),
        label: `:${port?.targetPort ?? port?.port ?? ''}`,
        tone: count > 0 ? 'ok' : 'bad',
        lit: count > 0,
      })
    }
  }
  for (const deployment of deployments) {
    nodes.push(deploymentNode(deployment))
    for (const pod of podsOfDeployment(objects, deployment, pods)) {
      const status = podStatus(pod)
      nodes.push({ id: idOf(pod), kind: 'Pod', name: pod.metadata.name, tone: status.tone, note: status.text })
      edges.push({ from: idOf(deployment), to: idOf(pod), label: '', tone: status.tone, lit: status.tone === 'ok' })
    }
    for (const volume of deployment.spec.template.spec.volumes ?? []) {
      const claim = volume.persistentVolumeClaim?.claimName
      if (claim)
        edges.push({
          from: idOf(deployment),
          to: `PersistentVolumeClaim/${claim}`,
          label: volume.name,
          tone: 'ok',
          lit: true,
        })
    }
  }
  for (const claim of objects.list('PersistentVolumeClaim')) {
    const phase = (claim.status as { phase?: string } | undefined)?.phase ?? 'Pending'
    nodes.push({
      id: idOf(claim),
      kind: 'PersistentVolumeClaim',
      name: claim.metadata.name,
      tone: phase === 'Bound' ? 'ok' : 'warn',
      note: phase,
    })
  }
  edges.push(...databaseEdge(nodes, health))
  return { nodes, edges }
}

/** The backend's own way to the database, which no object draws. */
function databaseEdge(nodes: PictureNode[], health: AppHealth | undefined): PictureEdge[] {
  const ids = new Set(nodes.map((node) => node.id))
  if (!ids.has('Deployment/backend') || !ids.has('Service/postgres-svc')) return []
  const isLit = health?.database === 'connected'
  const tone: Tone = !health || health.database === 'unknown' ? 'unknown' : isLit ? 'ok' : 'bad'
  return [{ from: 'Deployment/backend', to: 'Service/postgres-svc', label: ':5432', tone, lit: isLit }]
}

function symptomOf(health: AppHealth): string {
  const parts: string[] = []
  if (health.frontend.status !== 200) parts.push(`/ ${health.frontend.status ?? health.frontend.detail}`)
  if (health.api.status !== 200) parts.push(`/api ${health.api.status ?? health.api.detail}`)
  return parts.join(', ')
}

function deploymentNode(deployment: Deployment): PictureNode {
  const wanted = deployment.spec.replicas ?? 1
  const readyCount = deployment.status?.readyReplicas ?? 0
  const updated = deployment.status?.updatedReplicas ?? 0
  const tone: Tone = wanted === 0 || readyCount === 0 ? 'bad' : readyCount < wanted || updated < wanted ? 'warn' : 'ok'
  const note = `${readyCount}/${wanted}${deployment.spec.paused ? ', paused' : ''}`
  return { id: idOf(deployment), kind: 'Deployment', name: deployment.metadata.name, tone, note }
}

function podsOfDeployment(objects: Objects, deployment: Deployment, pods: Pod[]): Pod[] {
  const sets = objects
    .list<ReplicaSet>('ReplicaSet')
    .filter((set) => findController(set)?.uid === deployment.metadata.uid)
  const uids = new Set(sets.map((set) => set.metadata.uid))
  const active = activeSet(sets, deployment)?.metadata.uid
  return pods
    .filter((pod) => uids.has(findController(pod)?.uid))
    .sort((a, b) => Number(findController(b)?.uid === active) - Number(findController(a)?.uid === active))
}

function readyPods(objects: Objects, service: string): string[] {
  return objects
    .list<EndpointSlice>('EndpointSlice')
    .filter(
      (slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service && (slice.ports ?? []).length > 0,
    )
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .flatMap((endpoint) => endpoint.addresses)
}

function isSelected(service: ServiceObject, deployment: Deployment): boolean {
  const selector = Object.entries(service.spec.selector ?? {})
  const labels = deployment.spec.template.metadata?.labels ?? {}
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value)
}

function idOf(object: KubeObject): string {
  return `${object.kind}/${object.metadata.name}`
}
