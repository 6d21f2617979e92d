import { methodNotAllowed, notFound } from '../errors.ts'
import { answer, type KindExchange, namespaceOf } from '../http/exchange.ts'
import { answerObject, tableOptions } from '../http/object-answer.ts'
import { tableOf } from '../http/table.ts'
import { listRequestOf } from '../http/watch-query.ts'
import type { Registry } from '../registry.ts'
import { apiVersionOf } from '../storage-version.ts'
import { selectorMatch } from '../verbs/list.ts'
import { metricsObjects } from './metrics-kinds.ts'
import type { UsageMeter } from './usage-meter.ts'

/** Answers get and list of metrics.k8s.io. */
export function answerMetrics(
  exchange: KindExchange,
  { registry, meter }: { registry: Registry; meter: UsageMeter },
): void {
  const { kind, info, form } = exchange
  const namespace = namespaceOf(exchange)
  const match = selectorMatch(kind, listRequestOf(info.query, namespace))
  const objects = metricsObjects(kind, { store: registry.core.store, meter }).filter(
    (object) => (namespace === undefined || object.metadata.namespace === namespace) && match(object),
  )
  if (info.verb === 'list') {
    if (form.as === 'Table') answer(exchange, 200, tableOf(kind, objects, {}, tableOptions(exchange, registry)))
    else
      answer(exchange, 200, { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: {}, items: objects })
    return
  }
  if (info.verb !== 'get') throw methodNotAllowed()
  const found = objects.find(({ metadata }) => metadata.name === info.name)
  const name = namespace === undefined ? (info.name ?? '') : `${namespace}/${info.name}`
  if (found === undefined) throw notFound({ group: kind.group, plural: kind.kind.toLowerCase() }, name)
  answerObject(exchange, 200, found, registry)
}
