import type { Subject } from '../checks/subject.ts'
import type { Ingress, KubeObject, Pod, ServiceObject } from '../kubernetes/objects.ts'
import { baselineObjects } from '../world/baseline.ts'
import { workloadPairs } from './containers.ts'
import { type Invariant, outcomeOf } from './invariant.ts'

/** Traffic still goes Ingress → Service → Deployment, by name. */
export const trafficInvariant: Invariant = {
  id: 'INV-10',
  title: 'Traffic goes the designed way',
  evaluate(subject) {
    const problems = [...serviceProblems(subject), ...ingressProblems(subject), ...bypassProblems(subject)]
    return outcomeOf('Ingress → Service → Deployment, Services of their type', problems, 'the designed way')
  },
}

function serviceProblems({ baseline, objects }: Subject): string[] {
  const problems: string[] = []
  for (const healthy of baselineObjects<ServiceObject>(baseline, 'Service')) {
    const name = `Service/${healthy.metadata.name}`
    const live = objects.find<ServiceObject>('Service', healthy.metadata.name)
    if (!live) {
      problems.push(`${name} does not exist`)
      continue
    }
    const before = healthy.spec.type ?? 'ClusterIP'
    const now = live.spec.type ?? 'ClusterIP'
    if (now !== before) problems.push(`${name} is of type ${now} instead of ${before}`)
    if (live.spec.publishNotReadyAddresses && !healthy.spec.publishNotReadyAddresses) {
      problems.push(`${name} sends to pods that are not ready (publishNotReadyAddresses)`)
    }
    if (live.spec.externalIPs?.length) problems.push(`${name} has external addresses`)
    for (const port of healthy.spec.ports ?? []) {
      const kept = live.spec.ports?.some((candidate) => candidate.port === port.port)
      if (now === before && !kept) problems.push(`${name} no longer has port ${port.port}`)
    }
  }
  for (const service of objects.list<ServiceObject>('Service')) {
    const isNew = !(`Service/${service.metadata.name}` in baseline.objects)
    if (isNew && (service.spec.type === 'NodePort' || service.spec.type === 'LoadBalancer')) {
      problems.push(`Service/${service.metadata.name} of type ${service.spec.type} goes around the Ingress`)
    }
  }
  return problems
}

/** Every route of the healthy Ingresses leads to the same Service still. */
function ingressProblems({ baseline, objects }: Subject): string[] {
  const problems: string[] = []
  const live = objects.list<Ingress>('Ingress').flatMap(routesOf)
  for (const healthy of baselineObjects<Ingress>(baseline, 'Ingress')) {
    for (const route of routesOf(healthy)) {
      const same = live.filter((candidate) => candidate.host === route.host && candidate.path === route.path)
      const name = `${route.host}${route.path}`
      if (same.length === 0) problems.push(`no Ingress rule for ${name}`)
      else if (!same.some((candidate) => candidate.service === route.service)) {
        problems.push(`the Ingress sends ${name} to ${same[0]?.service} instead of ${route.service}`)
      }
    }
  }
  return problems
}

/** Ways around Services and DNS: host ports, host aliases, addresses in place of names. */
function bypassProblems(subject: Subject): string[] {
  const problems: string[] = []
  for (const { name, before, now } of workloadPairs(subject)) {
    if ((now.hostAliases?.length ?? 0) > (before.hostAliases?.length ?? 0)) problems.push(`${name} has host aliases`)
    for (const container of now.containers) {
      if (container.ports?.some((port) => port.hostPort))
        problems.push(`container ${container.name} of ${name} has a host port`)
      for (const variable of container.env ?? []) {
        const address = addressIn(subject, variable.value)
        if (address) problems.push(`${variable.name} of ${name} is the address ${address}, not a Service's name`)
      }
    }
  }
  for (const kind of ['ConfigMap', 'Secret'] as const) {
    for (const object of subject.objects.list(kind)) {
      for (const [key, value] of Object.entries(dataOf(object))) {
        const address = addressIn(subject, value)
        if (address)
          problems.push(`${key} in ${kind}/${object.metadata.name} is the address ${address}, not a Service's name`)
      }
    }
  }
  return problems
}

/** The value when it is the address of a pod or a Service of the namespace. */
function addressIn({ objects }: Subject, value: string | undefined): string | undefined {
  if (value === undefined || !/^[\d.]+$|:/.test(value)) return undefined
  const addresses = [
    ...objects.list<Pod>('Pod').map((pod) => pod.status?.podIP),
    ...objects.list<ServiceObject>('Service').map((service) => service.spec.clusterIP),
  ]
  return addresses.find((address) => address !== undefined && address !== 'None' && address === value)
}

function dataOf(object: KubeObject): Record<string, string> {
  const data = (object.data ?? {}) as Record<string, string>
  if (object.kind !== 'Secret') return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8').trim()]),
  )
}

function routesOf(ingress: Ingress): { host: string; path: string; service: string }[] {
  return (ingress.spec.rules ?? []).flatMap((rule) =>
    (rule.http?.paths ?? []).map((path) => ({
      host: rule.host ?? '*',
      path: path.path ?? '/',
      service: path.backend.service?.name ?? '',
    })),
  )
}
