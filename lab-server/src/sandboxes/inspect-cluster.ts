// What `lab doctor` says of a cluster that the lab did not make: what is wrong, and how to mend it.
import { parseQuantity } from '../lab/invariants/quantity.ts'
import { type KubernetesApi, makeKubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../lab/kubernetes/objects.ts'
import { openCredentials } from './cluster-credentials.ts'
import { terminals } from './inspect-terminals.ts'
import { application } from './namespace-objects.ts'
import type { NamespaceSettings } from './namespace-settings.ts'

export interface ClusterFinding {
  subject: string
  state: 'ok' | 'weak' | 'missing'
  detail: string
}

interface Node extends KubeObject {
  spec?: { unschedulable?: boolean; taints?: { effect?: string }[] }
  status?: { allocatable?: Record<string, string>; images?: { names?: string[] }[] }
}
interface Pod extends KubeObject {
  spec: { nodeName?: string; containers: { resources?: { requests?: Record<string, string> } }[] }
  status?: { phase?: string }
}

/** Network plugins that are known to enforce NetworkPolicies, by the names of their DaemonSets. */
const enforcing = /calico|cilium|canal|antrea|weave|kube-router|ovn|aws-node|azure-npm|terway/
/** From this minor version on Pod Security admission is on by itself. */
const podSecurityMinor = 23
const usualImages = ['taskmaster-frontend', 'taskmaster-backend', 'postgres']

/** Looks at the cluster; never writes. */
export async function inspectCluster(
  kubeconfig: string | undefined,
  settings: NamespaceSettings,
  allowExec: boolean,
): Promise<ClusterFinding[]> {
  let api: KubernetesApi | undefined
  try {
    const credentials = await openCredentials({ kubeconfig, allowExec, onProblem: () => {} })
    credentials.stop()
    api = makeKubernetesApi(credentials.access)
    const { status, body } = await api.raw({ path: '/version', timeoutMs: 5_000 })
    if (status >= 400) throw new Error(`it answers ${status}: ${body.slice(0, 100)}`)
    const version = JSON.parse(body) as { gitVersion: string; minor: string }
    const looks = [nodes, storage, ingress, policies, images, terminals]
    const [cluster] = [
      { subject: 'Cluster', state: 'ok' as const, detail: `${version.gitVersion} at ${api.access.server}` },
    ]
    const findings = await Promise.all(
      looks.map((look) => look(api as KubernetesApi, settings).catch(refused(look.name))),
    )
    return [cluster, podSecurity(Number.parseInt(version.minor, 10)), ...findings]
  } catch (error) {
    return [{ subject: 'Cluster', state: 'missing', detail: error instanceof Error ? error.message : String(error) }]
  } finally {
    api?.close()
  }
}

const refused =
  (name: string) =>
  (error: Error): ClusterFinding => ({
    subject: `${name[0]?.toUpperCase()}${name.slice(1)}`,
    state: 'weak',
    detail: `could not be looked at: ${error.message}`,
  })

function podSecurity(minor: number): ClusterFinding {
  return minor >= podSecurityMinor
    ? { subject: 'Pods', state: 'ok', detail: 'Pod Security holds students to the level baseline' }
    : {
        subject: 'Pods',
        state: 'weak',
        detail: `no Pod Security admission before 1.${podSecurityMinor}: a student can run privileged pods and take over a node. Trust your students, or upgrade`,
      }
}

const amount = (quantity: string | undefined) => parseQuantity(quantity) ?? 0

async function nodes(api: KubernetesApi, { students }: NamespaceSettings): Promise<ClusterFinding> {
  const usable = (await api.list<Node>('Node')).filter(
    ({ spec }) => !spec?.unschedulable && !spec?.taints?.some(({ effect }) => effect !== 'PreferNoSchedule'),
  )
  const names = new Set(usable.map(({ metadata }) => metadata.name))
  const pods = (await api.list<Pod>('Pod')).filter(
    ({ spec, status }) => names.has(spec.nodeName ?? '') && !['Succeeded', 'Failed'].includes(status?.phase ?? ''),
  )
  const requests = pods.flatMap(({ spec }) => spec.containers.map(({ resources }) => resources?.requests ?? {}))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const free = {
    cpu:
      sum(usable.map(({ status }) => amount(status?.allocatable?.cpu) * 1000)) -
      sum(requests.map(({ cpu }) => amount(cpu) * 1000)),
    memory:
      sum(usable.map(({ status }) => amount(status?.allocatable?.memory))) -
      sum(requests.map(({ memory }) => amount(memory))),
  }
  const room = Math.max(
    0,
    Math.floor(
      Math.min(free.cpu / application.requestsCpuMilli, free.memory / (application.requestsMemoryMi * 2 ** 20)),
    ),
  )
  const figures = `${(free.cpu / 1000).toFixed(1)} CPU and ${(free.memory / 2 ** 30).toFixed(1)} GiB are free: room for ${room} of ${students} students`
  if (room >= students) return { subject: 'Room', state: 'ok', detail: figures }
  return {
    subject: 'Room',
    state: room === 0 ? 'missing' : 'weak',
    detail: `${figures}, at 0.9 CPU and 1 GiB each. Add nodes, remove what runs there, or lower LAB_STUDENTS and LAB_WARM_POOL`,
  }
}

async function storage(api: KubernetesApi, { storageClass }: NamespaceSettings): Promise<ClusterFinding> {
  const classes = await api.list('StorageClass')
  const isDefault = ({ metadata }: KubeObject) =>
    metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'
  const wanted = storageClass === undefined ? 'local-path' : storageClass
  const found = classes.find((item) => (wanted === '' ? isDefault(item) : item.metadata.name === wanted))
  if (found) return { subject: 'Storage', state: 'ok', detail: `StorageClass ${found.metadata.name}` }
  const names = classes.map(({ metadata }) => metadata.name).join(', ') || 'none'
  return {
    subject: 'Storage',
    state: 'missing',
    detail: `${wanted === '' ? 'no default StorageClass' : `no StorageClass ${wanted}`}; there are: ${names}. Set LAB_STORAGE_CLASS to one of them, or "default"`,
  }
}

async function ingress(api: KubernetesApi, settings: NamespaceSettings): Promise<ClusterFinding> {
  const classes = (await api.list('IngressClass')).map(({ metadata }) => metadata.name)
  if (!classes.includes(settings.ingressClass)) {
    return {
      subject: 'Ingress',
      state: 'weak',
      detail: `no IngressClass ${settings.ingressClass} (there are: ${classes.join(', ') || 'none'}): applications are reached through the API server. Install ingress-nginx, or set LAB_INGRESS_CLASS`,
    }
  }
  if (!settings.ingressUrl) {
    return {
      subject: 'Ingress',
      state: 'weak',
      detail: `IngressClass ${settings.ingressClass} is there, but LAB_INGRESS_URL is not set: applications are reached through the API server`,
    }
  }
  const answers = await fetch(settings.ingressUrl, { signal: AbortSignal.timeout(5_000) }).then(
    () => undefined,
    (error: Error) => error.message,
  )
  return answers === undefined
    ? { subject: 'Ingress', state: 'ok', detail: `${settings.ingressClass} at ${settings.ingressUrl}` }
    : {
        subject: 'Ingress',
        state: 'missing',
        detail: `${settings.ingressUrl} does not answer (${answers}). Mend or unset LAB_INGRESS_URL`,
      }
}

async function policies(api: KubernetesApi): Promise<ClusterFinding> {
  const sets = (await api.list('DaemonSet', 'kube-system')).map(({ metadata }) => metadata.name)
  const found = sets.find((name) => enforcing.test(name))
  return found
    ? { subject: 'Borders', state: 'ok', detail: `${found} enforces NetworkPolicies, if it is configured to` }
    : {
        subject: 'Borders',
        state: 'weak',
        detail:
          'nothing in kube-system is known to enforce NetworkPolicies: students may reach each other. Install Calico or Cilium, or make sure that yours does',
      }
}

async function images(api: KubernetesApi, { imageRegistry }: NamespaceSettings): Promise<ClusterFinding> {
  const present = (await api.list<Node>('Node')).flatMap(
    ({ status }) => status?.images?.flatMap(({ names }) => names ?? []) ?? [],
  )
  const missing = usualImages.filter((image) => !present.some((name) => name.includes(`/${image}`)))
  const from = imageRegistry ?? 'docker.io'
  return missing.length === 0
    ? { subject: 'Images', state: 'ok', detail: 'all are on a node already' }
    : {
        subject: 'Images',
        state: 'weak',
        detail: `${missing.join(', ')} will be pulled from ${from} at the first attempt. Build them from workload/ and push or load them, and set LAB_IMAGE_REGISTRY if they are elsewhere`,
      }
}
