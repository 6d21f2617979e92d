// Subresources and reviews that are actions rather than parts of an object.
import type { RemoveOptions } from '../../client.ts'
import type { KubeObject, Pod } from '../../objects/types.ts'
import { answerReview, answerTokenRequest, type ReviewOptions } from '../auth/reviews.ts'
import type { Dial } from '../cluster-dial.ts'
import { methodNotAllowed, notFound, serviceUnavailable } from '../errors.ts'
import { metricsGroup } from '../metrics/metrics-kinds.ts'
import { answerMetrics } from '../metrics/metrics-route.ts'
import type { UsageMeter } from '../metrics/usage-meter.ts'
import type { NodeAccess } from '../node-access.ts'
import type { Registry } from '../registry.ts'
import { answerPodLog } from '../streaming/pod-log.ts'
import { bindPod } from '../verbs/bind.ts'
import { evictPod } from '../verbs/evict.ts'
import type { ProtobufDecoder } from './body.ts'
import { answer, type KindExchange, keyOf, writeContextOf } from './exchange.ts'
import { askKubelet } from './node-proxy.ts'
import { proxyRequest } from './proxy.ts'
import { readAction } from './read-action.ts'
import type { FieldInspector } from './request-object.ts'

/** What the actions need. */
export interface PartRoutesOptions {
  reviews: ReviewOptions
  decode: ProtobufDecoder
  inspector: FieldInspector
  node(): NodeAccess | undefined
  /** Without it nothing of the cluster can be reached. */
  dial: Dial | undefined
  registry: Registry
  /** Measures pods; without it there is no metrics.k8s.io. */
  meter?: UsageMeter
}

/** An action, by resource and subresource. */
type Action = (exchange: KindExchange, options: PartRoutesOptions) => void | Promise<void>

const actions: Record<string, Action> = {
  'pods/log': logs,
  'pods/binding': bind,
  bindings: bind,
  'pods/eviction': evict,
  'serviceaccounts/token': requestToken,
  'nodes/proxy': askKubelet,
  'pods/proxy': proxy,
  'services/proxy': proxy,
}

/** Answers a request that is an action; false when it is none. */
export async function routePart(exchange: KindExchange, options: PartRoutesOptions): Promise<boolean> {
  const { info, kind } = exchange
  if (kind.group === metricsGroup && options.meter) {
    answerMetrics(exchange, { registry: options.registry, meter: options.meter })
    return true
  }
  const isReview = kind.kind.endsWith('Review') && info.verb === 'create'
  const name = info.subresource ? `${info.resource}/${info.subresource}` : info.resource
  const isCore = info.group === ''
  const action = isReview ? review : isCore && Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action === undefined) return false
  await action(exchange, options)
  return true
}

async function review(exchange: KindExchange, options: PartRoutesOptions): Promise<void> {
  const { user, info, kind } = exchange
  const object = await readAction(exchange, kind, options)
  const namespace = info.namespace
  const asked: KubeObject = { ...object, kind: kind.kind, apiVersion: `${kind.group}/${kind.version}` }
  answer(exchange, 201, answerReview(asked, { user, namespace, options: options.reviews }))
}

async function requestToken(exchange: KindExchange, options: PartRoutesOptions): Promise<void> {
  if (exchange.info.verb !== 'create') throw methodNotAllowed()
  const { namespace = '', name } = keyOf(exchange)
  const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }
  const request = await readAction(exchange, kind, options)
  answer(exchange, 201, answerTokenRequest(request, { namespace, name }, options.reviews))
}

async function bind(exchange: KindExchange, options: PartRoutesOptions): Promise<void> {
  const { core } = options.reviews
  const { info } = exchange
  if (info.verb !== 'create') throw methodNotAllowed()
  const binding = await readAction(exchange, { group: '', version: 'v1', kind: 'Binding' }, options)
  const pods = core.kinds.find('', 'v1', 'pods')
  if (pods === undefined) throw methodNotAllowed()
  const name = info.subresource ? (info.name ?? '') : (binding.metadata.name ?? '')
  const target = binding.target as { name?: string } | undefined
  const { uid, annotations } = binding.metadata
  const context = writeContextOf(exchange)
  await bindPod(core, pods, { namespace: info.namespace, name }, { nodeName: target?.name, uid, annotations, context })
  answer(exchange, 201, success)
}

async function evict(exchange: KindExchange, routes: PartRoutesOptions): Promise<void> {
  if (exchange.info.verb !== 'create') throw methodNotAllowed()
  const eviction = await readAction(exchange, { group: 'policy', version: 'v1', kind: 'Eviction' }, routes)
  const options = eviction.deleteOptions as (RemoveOptions & { dryRun?: string[] }) | undefined
  const context = writeContextOf(exchange)
  if (options?.dryRun?.includes('All')) context.isDryRun = true
  await evictPod(routes.reviews.core, exchange.kind, keyOf(exchange), { options, context })
  answer(exchange, 201, success)
}

const success = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

async function logs(exchange: KindExchange, { reviews, node }: PartRoutesOptions): Promise<void> {
  const { info, response, kind } = exchange
  if (info.verb !== 'get') throw methodNotAllowed()
  const { store } = reviews.core
  const key = keyOf(exchange)
  const pod = store.find('pods', `${key.namespace}/${key.name}`) as unknown as Pod | undefined
  if (pod === undefined) throw notFound(kind, key.name)
  await answerPodLog({ pod, query: info.query, response, node: reachable(node) })
}

/** The machines, or 503 when this server has none. */
export function reachable(node: () => NodeAccess | undefined): NodeAccess {
  const access = node()
  if (access === undefined) throw serviceUnavailable('no node is reachable')
  return access
}

function proxy(exchange: KindExchange, { reviews, dial }: PartRoutesOptions): Promise<void> {
  return proxyRequest(exchange, { store: reviews.core.store, dial })
}
