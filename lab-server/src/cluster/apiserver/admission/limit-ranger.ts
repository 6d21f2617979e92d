// LimitRanges: amounts for containers that name none, and bounds for those that do.
import { compareQuantities, quantityOf } from '../../objects/quantity.ts'
import { add } from '../../objects/quota.ts'
import type { Container, LimitRange, PersistentVolumeClaim, Pod, PodSpec } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import { forbidden } from '../errors.ts'
import type { AdmissionRequest, AdmissionStep } from './chain.ts'
import { createdPod } from './pod-specs.ts'

type Amounts = Record<string, string>

interface Limits {
  type: string
  max?: Amounts
  min?: Amounts
  default?: Amounts
  defaultRequest?: Amounts
  maxLimitRequestRatio?: Amounts
}

/** Applies and enforces the LimitRanges of a namespace. */
export function limitRanger({ store }: { store: Store }): AdmissionStep {
  const limitsOf = (namespace: string): Limits[] =>
    (store.list('limitranges', `${namespace}/`) as unknown as LimitRange[]).flatMap(
      ({ spec }) => (spec?.limits ?? []) as Limits[],
    )

  return {
    name: 'LimitRanger',
    mutate(request) {
      const pod = createdPod(request)
      if (pod === undefined) return
      const limits = limitsOf(request.namespace ?? '').filter(({ type }) => type === 'Container')
      const notes = limits.length > 0 ? applyDefaults(pod.spec, limits) : []
      if (notes.length === 0) return
      const note = `LimitRanger plugin set: ${notes.join('; ')}`
      pod.metadata.annotations = { ...pod.metadata.annotations, 'kubernetes.io/limit-ranger': note }
    },
    validate(request) {
      const { kind, namespace = '', operation, subresource } = request
      if (kind.group !== '' || subresource !== undefined || operation === 'DELETE') return
      const limits = limitsOf(namespace)
      if (limits.length === 0) return
      const errors: string[] = []
      if (kind.kind === 'Pod' && operation === 'CREATE')
        errors.push(...podErrors(request.object as unknown as Pod, limits))
      if (kind.kind === 'PersistentVolumeClaim') errors.push(...claimErrors(request, limits))
      if (errors.length === 0) return
      throw forbidden(kind, request.name, errors.length === 1 ? (errors[0] ?? '') : `[${errors.join(', ')}]`)
    },
  }
}

function applyDefaults(spec: PodSpec, limits: Limits[]): string[] {
  const requests = Object.assign({}, ...limits.map(({ defaultRequest }) => defaultRequest)) as Amounts
  const maximums = Object.assign({}, ...limits.map((limit) => limit.default)) as Amounts
  const notes: string[] = []
  const fill = (container: Container, part: 'requests' | 'limits', amounts: Amounts, noun: string) => {
    const set: string[] = []
    const present = (container.resources?.[part] ?? {}) as Amounts
    for (const [name, amount] of Object.entries(amounts)) {
      if (present[name] !== undefined) continue
      container.resources = { ...container.resources, [part]: { ...container.resources?.[part], [name]: amount } }
      set.push(name)
    }
    return set.length > 0 ? `${set.sort().join(', ')} ${noun}` : undefined
  }
  const visit = (container: Container, what: string) => {
    const request = fill(container, 'requests', requests, 'request')
    const limit = fill(container, 'limits', maximums, 'limit')
    for (const note of [request, limit]) if (note) notes.push(`${note} for ${what} ${container.name}`)
  }
  for (const container of spec.containers) visit(container, 'container')
  for (const container of spec.initContainers ?? []) visit(container, 'init container')
  return notes
}

function podErrors({ spec }: Pod, limits: Limits[]): string[] {
  const errors: string[] = []
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  for (const limit of limits) {
    if (limit.type === 'Container') {
      for (const { resources } of containers)
        errors.push(...boundErrors(limit, amountsOf(resources, 'requests'), amountsOf(resources, 'limits')))
    }
    if (limit.type === 'Pod') {
      const sum = (part: 'requests' | 'limits') =>
        (spec?.containers ?? []).map(({ resources }) => amountsOf(resources, part)).reduce(add, {})
      errors.push(...boundErrors(limit, sum('requests'), sum('limits')))
    }
  }
  return errors
}

function amountsOf(resources: Container['resources'], part: 'requests' | 'limits'): Amounts {
  return (resources?.[part] ?? {}) as Amounts
}

/** Upstream's order: minima, maxima, ratios, each in the order of their names. */
function boundErrors(
  { type, min = {}, max = {}, maxLimitRequestRatio = {} }: Limits,
  requests: Amounts,
  limits: Amounts,
): string[] {
  const errors: (string | undefined)[] = []
  for (const [name, amount] of sorted(min)) errors.push(minError(type, name, amount, requests[name], limits[name]))
  for (const [name, amount] of sorted(max)) errors.push(maxError(type, name, amount, requests[name], limits[name]))
  for (const [name, ratio] of sorted(maxLimitRequestRatio))
    errors.push(ratioError(type, name, ratio, requests[name], limits[name]))
  return errors.filter((error) => error !== undefined)
}

function sorted(amounts: Amounts): [string, string][] {
  return Object.entries(amounts).sort(([a], [b]) => (a < b ? -1 : 1))
}

function minError(type: string, name: string, min: string, request?: string, limit?: string): string | undefined {
  const bound = `minimum ${name} usage per ${type} is ${min}`
  if (request === undefined) return `${bound}.  No request is specified`
  if (compareQuantities(request, min) < 0) return `${bound}, but request is ${request}`
  if (limit !== undefined && compareQuantities(limit, min) < 0) return `${bound}, but limit is ${limit}`
  return undefined
}

function maxError(type: string, name: string, max: string, request?: string, limit?: string): string | undefined {
  const bound = `maximum ${name} usage per ${type} is ${max}`
  if (limit === undefined) return `${bound}.  No limit is specified`
  if (compareQuantities(limit, max) > 0) return `${bound}, but limit is ${limit}`
  if (request !== undefined && compareQuantities(request, max) > 0) return `${bound}, but request is ${request}`
  return undefined
}

function ratioError(type: string, name: string, ratio: string, request?: string, limit?: string): string | undefined {
  const bound = `${name} max limit to request ratio per ${type} is ${ratio}`
  if (request === undefined || quantityOf(request).nano === 0n)
    return `${bound}, but no request is specified or request is 0`
  if (limit === undefined || quantityOf(limit).nano === 0n) return `${bound}, but no limit is specified or limit is 0`
  const actual = Number(quantityOf(limit).nano) / Number(quantityOf(request).nano)
  return actual > Number(quantityOf(ratio).nano) / 1e9
    ? `${bound}, but provided ratio is ${actual.toFixed(6)}`
    : undefined
}

function claimErrors({ object, operation, old }: AdmissionRequest, limits: Limits[]): string[] {
  const storageOf = (claim: unknown) => (claim as PersistentVolumeClaim).spec?.resources?.requests?.storage
  const storage = storageOf(object)
  if (storage === undefined || (operation === 'UPDATE' && storageOf(old) === storage)) return []
  const errors: (string | undefined)[] = []
  for (const { type, min, max } of limits) {
    if (type !== 'PersistentVolumeClaim') continue
    if (min?.storage) errors.push(minError(type, 'storage', min.storage, storage))
    if (max?.storage && compareQuantities(storage, max.storage) > 0) {
      errors.push(`maximum storage usage per ${type} is ${max.storage}, but request is ${storage}`)
    }
  }
  return errors.filter((error) => error !== undefined)
}
