// Priority and fairness: stored and shown. Requests are answered in the order in which they come.
import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { FieldError } from '../kind-definition.ts'
import type { FlowSchema, PriorityLevelConfiguration } from '../types.ts'
import { forbidden, invalid, notSupported, required } from '../validation/errors.ts'

const group = 'flowcontrol.apiserver.k8s.io'
const version = 'v1'

/** Which requests are of which priority level. */
export const flowSchema = defineKind<FlowSchema>({
  group,
  version,
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  subresources: { status: true },
  hasGeneration: true,
  columns: [
    nameColumn,
    plain('PriorityLevel'),
    plain('MatchingPrecedence'),
    plain('DistinguisherMethod'),
    ageColumn,
    plain('MissingPL'),
  ],
  cells: ({ metadata, spec, status }, { nowMs }) => [
    metadata.name,
    spec?.priorityLevelConfiguration.name ?? '',
    String(spec?.matchingPrecedence ?? 0),
    spec?.distinguisherMethod?.type ?? '<none>',
    age(metadata.creationTimestamp, nowMs),
    status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
  ],
  applyDefaults({ spec }) {
    if (spec) spec.matchingPrecedence ||= 1000
  },
  validate({ spec }) {
    const { matchingPrecedence = 0, priorityLevelConfiguration, distinguisherMethod } = spec ?? {}
    const errors: FieldError[] = []
    if (matchingPrecedence < 1 || matchingPrecedence > 10_000) {
      errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, 'must be between 1 and 10000'))
    }
    if (!priorityLevelConfiguration?.name) {
      errors.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'))
    }
    const methods = ['ByNamespace', 'ByUser']
    if (distinguisherMethod && !methods.includes(distinguisherMethod.type)) {
      errors.push(notSupported('spec.distinguisherMethod', distinguisherMethod, methods))
    }
    return errors
  },
})

/** How much of the server a class of requests may have. */
export const priorityLevelConfiguration = defineKind<PriorityLevelConfiguration>({
  group,
  version,
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: { status: true },
  hasGeneration: true,
  columns: [
    nameColumn,
    plain('Type'),
    plain('NominalConcurrencyShares'),
    plain('Queues'),
    plain('HandSize'),
    plain('QueueLengthLimit'),
    ageColumn,
  ],
  cells({ metadata, spec }, { nowMs }) {
    const queuing = spec?.limited?.limitResponse?.queuing
    const shown = (value: number | undefined) => (value === undefined ? '<none>' : String(value))
    return [
      metadata.name,
      spec?.type ?? '',
      shown((spec?.limited ?? spec?.exempt)?.nominalConcurrencyShares),
      shown(queuing?.queues),
      shown(queuing?.handSize),
      shown(queuing?.queueLengthLimit),
      age(metadata.creationTimestamp, nowMs),
    ]
  },
  applyDefaults({ spec }) {
    if (spec?.exempt) {
      spec.exempt.nominalConcurrencyShares ??= 0
      spec.exempt.lendablePercent ??= 0
    }
    const { limited } = spec ?? {}
    if (!limited) return
    limited.nominalConcurrencyShares ??= 30
    limited.lendablePercent ??= 0
    const { queuing } = limited.limitResponse ?? {}
    if (!queuing) return
    queuing.queues ||= 64
    queuing.handSize ||= 8
    queuing.queueLengthLimit ||= 50
  },
  validate({ spec }) {
    const types = ['Exempt', 'Limited']
    const { type = '', limited, exempt } = spec ?? {}
    if (!types.includes(type)) return [notSupported('spec.type', type, types)]
    if (type === 'Exempt') {
      return limited ? [forbidden('spec.limited', 'must be nil if the type is not Limited')] : []
    }
    const errors = exempt ? [forbidden('spec.exempt', 'must be nil if the type is Limited')] : []
    if (!limited) return [...errors, required('spec.limited', 'must not be empty when type is Limited')]
    const { limitResponse } = limited
    const responses = ['Queue', 'Reject']
    if (!responses.includes(limitResponse?.type ?? '')) {
      errors.push(notSupported('spec.limited.limitResponse.type', limitResponse?.type ?? '', responses))
    } else if (limitResponse?.type === 'Queue' && !limitResponse.queuing) {
      errors.push(required('spec.limited.limitResponse.queuing', 'must not be empty if limitResponse.type is Limited'))
    }
    return errors
  },
})
