// metrics.k8s.io: usage in the shape of objects. Computed when asked for, never stored.
import { formatTime } from '../../clock.ts'
import { describeColumns, nameColumn, plain } from '../../objects/columns.ts'
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import type { PodUsage, UsageMeter } from './usage-meter.ts'

/** The group of these kinds. */
export const metricsGroup = 'metrics.k8s.io'

const row = {
  group: metricsGroup,
  version: 'v1beta1',
  shortNames: [],
  categories: [],
  subresources: {},
  hasGeneration: false,
}

function metricsKind(kind: string, plural: string, namespaced: boolean): KindDefinition {
  const columns = describeColumns(plural, [nameColumn, plain('Cpu'), plain('Memory'), plain('Window')])
  return {
    ...row,
    kind,
    plural,
    singular: '',
    namespaced,
    verbs: ['get', 'list'],
    columns,
    cells: (object) => [object.metadata.name, ...totalOf(object), object.window],
  }
}

/** Usage of nodes and of pods. */
export const metricsKinds: KindDefinition[] = [
  metricsKind('NodeMetrics', 'nodes', false),
  metricsKind('PodMetrics', 'pods', true),
]

interface Amounts {
  cpu: string
  memory: string
}

function totalOf(object: KubeObject): string[] {
  const { cpu, memory } = (object.usage ?? {}) as Partial<Amounts>
  return [cpu ?? '', memory ?? '']
}

/** The objects of a metrics kind: pods with their own labels, nodes with what their pods use. */
export function metricsObjects(
  kind: KindDefinition,
  { store, meter }: { store: Store; meter: UsageMeter },
): KubeObject[] {
  const usages = meter.all()
  if (kind.kind === 'PodMetrics') {
    return usages
      .map((usage) => podMetrics(usage, store.find('pods', `${usage.namespace}/${usage.name}`)))
      .filter((object) => object !== undefined)
  }
  return store.list('nodes').map((node) => {
    const own = usages.filter(({ namespace, name }) => nodeOf(store, namespace, name) === node.metadata.name)
    const containers = own.flatMap((usage) => usage.containers)
    const latest = own[0]
    return {
      apiVersion: `${metricsGroup}/v1beta1`,
      kind: 'NodeMetrics',
      metadata: metadataOf(node, latest?.atMs),
      timestamp: formatTime(latest?.atMs ?? 0),
      window: windowOf(latest),
      usage: amounts(containers),
    }
  })
}

function nodeOf(store: Store, namespace: string, name: string): string | undefined {
  return (store.find('pods', `${namespace}/${name}`)?.spec as { nodeName?: string } | undefined)?.nodeName
}

function podMetrics(usage: PodUsage, pod: KubeObject | undefined): KubeObject | undefined {
  if (pod === undefined) return undefined
  return {
    apiVersion: `${metricsGroup}/v1beta1`,
    kind: 'PodMetrics',
    metadata: metadataOf(pod, usage.atMs),
    timestamp: formatTime(usage.atMs),
    window: windowOf(usage),
    containers: usage.containers.map((container) => ({ name: container.name, usage: amounts([container]) })),
  }
}

function metadataOf({ metadata }: KubeObject, atMs: number | undefined): KubeObject['metadata'] {
  const { name, namespace, labels } = metadata
  return {
    name,
    ...(namespace ? { namespace } : {}),
    creationTimestamp: formatTime(atMs ?? 0),
    ...(labels ? { labels } : {}),
  }
}

function windowOf(usage: PodUsage | undefined): string {
  return `${((usage?.windowMs ?? 0) / 1000).toFixed(3)}s`
}

function amounts(containers: PodUsage['containers']): Amounts {
  const cpu = containers.reduce((sum, { cpuNanocores }) => sum + cpuNanocores, 0)
  const memory = containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0)
  return { cpu: `${cpu}n`, memory: `${Math.ceil(memory / 1024)}Ki` }
}
