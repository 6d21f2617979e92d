// Addresses of Services as objects: stored and shown. The cluster hands addresses out by itself.
import { isIP } from 'node:net'
import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { FieldError } from '../kind-definition.ts'
import type { IPAddress, ServiceCIDR } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { immutable, invalid, required } from '../validation/errors.ts'

const group = 'networking.k8s.io'
const version = 'v1'

/** An address that is taken, and by whom. */
export const ipAddress = defineKind<IPAddress>({
  group,
  version,
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  hasGeneration: true,
  columns: [nameColumn, plain('ParentRef')],
  cells({ metadata, spec }) {
    const { group: parentGroup, resource, namespace, name } = spec?.parentRef ?? { resource: '', name: '' }
    const qualified = parentGroup ? `${resource}.${parentGroup}` : resource
    return [metadata.name, spec?.parentRef ? [qualified, namespace, name].filter(Boolean).join('/') : '<none>']
  },
  nameProblems: (name) => (isIP(name) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']),
  validate({ spec }) {
    const { parentRef } = spec ?? {}
    if (!parentRef) return [required('spec.parentRef')]
    const errors: FieldError[] = []
    if (!parentRef.resource) errors.push(required('spec.parentRef.resource'))
    if (!parentRef.name) errors.push(required('spec.parentRef.name'))
    return errors
  },
  validateUpdate: ({ spec }, old) =>
    semanticallyEqual(spec?.parentRef, old.spec?.parentRef) ? [] : [immutable('spec.parentRef', spec?.parentRef)],
})

/** A range from which Services get their addresses. */
export const serviceCidr = defineKind<ServiceCIDR>({
  group,
  version,
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  subresources: { status: true },
  hasGeneration: true,
  columns: [nameColumn, plain('CIDRs'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    (spec?.cidrs ?? []).join(','),
    age(metadata.creationTimestamp, nowMs),
  ],
  validate({ spec }) {
    const cidrs = spec?.cidrs ?? []
    if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')]
    if (cidrs.length > 2) return [invalid('spec.cidrs', cidrs, 'may only hold up to 2 values')]
    return cidrs.flatMap((cidr, index) => (isCidr(cidr) ? [] : [invalid(`spec.cidrs[${index}]`, cidr, cidrRule)]))
  },
  validateUpdate: ({ spec }, old) =>
    semanticallyEqual(spec?.cidrs, old.spec?.cidrs) ? [] : [immutable('spec.cidrs', spec?.cidrs)],
})

const cidrRule = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/')
  const family = isIP(address)
  return family !== 0 && rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)
}
