// One object as an answer: whole, as a row, or its metadata only.
import type { KubeObject } from '../../objects/types.ts'
import type { Registry } from '../registry.ts'
import { answer, type KindExchange } from './exchange.ts'
import { partialObject, type TableOptions, tableOf } from './table.ts'

/** Answers with an object in the form that the client asked for. */
export function answerObject(exchange: KindExchange, code: number, object: KubeObject, registry: Registry) {
  const { kind, form } = exchange
  if (form.as === 'Table') {
    const { resourceVersion } = object.metadata
    return answer(exchange, code, tableOf(kind, [object], { resourceVersion }, tableOptions(exchange, registry)))
  }
  if (form.as) return answer(exchange, code, partialObject(object, form.version ?? 'v1'))
  answer(exchange, code, object)
}

/** What the request asks of a table. */
export function tableOptions({ info, form }: Pick<KindExchange, 'info' | 'form'>, registry: Registry): TableOptions {
  const include = info.query.get('includeObject')
  const includeObject = include === 'None' || include === 'Object' ? include : ('Metadata' as const)
  return { version: form.version ?? 'v1', includeObject, nowMs: registry.core.clock.now() }
}
