// Rules for Ingresses and their classes.
import { isIP } from 'node:net'
import type { FieldError } from '../kind-definition.ts'
import type { Ingress, IngressClass } from '../types.ts'
import { forbidden, invalid, invalidEach, notSupported, required, tooLong } from '../validation/errors.ts'
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  pathSegmentProblems,
  portNameProblems,
  wildcardSubdomainProblems,
} from '../validation/names.ts'
import { portNumber } from '../validation/numbers.ts'
import { domainPrefixedPathErrors } from '../validation/prefixed-path.ts'

type Rule = NonNullable<NonNullable<Ingress['spec']>['rules']>[number]
type Path = NonNullable<Rule['http']>['paths'][number]
type Backend = Path['backend']
type Reference = NonNullable<Backend['resource']>
type Parameters = NonNullable<NonNullable<IngressClass['spec']>['parameters']>

const classAnnotation = 'kubernetes.io/ingress.class'
const mostControllerText = 250
const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix']

/** Rules for an Ingress. */
export function ingressErrors({ metadata, spec }: Ingress, old?: Ingress): FieldError[] {
  const errors: FieldError[] = []
  if (!spec?.rules?.length && !spec?.defaultBackend) {
    errors.push(invalid('spec', spec?.rules, 'either `defaultBackend` or `rules` must be specified'))
  }
  if (spec?.defaultBackend) errors.push(...backendErrors('spec.defaultBackend', spec.defaultBackend))
  for (const [i, rule] of (spec?.rules ?? []).entries()) errors.push(...ruleErrors(`spec.rules[${i}]`, rule))
  for (const [i, { hosts, secretName }] of (spec?.tls ?? []).entries()) {
    for (const [j, host] of (hosts ?? []).entries()) {
      errors.push(...invalidEach(`spec.tls[${i}].hosts[${j}]`, host, hostProblems(host)))
    }
    if (!secretName) continue
    errors.push(...invalidEach(`spec.tls[${i}].secretName`, secretName, dnsSubdomainProblems(secretName)))
  }
  const name = spec?.ingressClassName
  if (name === undefined || name === null) return errors
  errors.push(...invalidEach('spec.ingressClassName', name, dnsSubdomainProblems(name)))
  const annotation = metadata.annotations?.[classAnnotation]
  if (old || annotation === undefined || annotation === name) return errors
  const rule = 'must match `ingressClassName` when both are specified'
  return [...errors, invalid(`annotations.${classAnnotation}`, annotation, rule)]
}

/** Rules for a class of Ingresses. */
export function ingressClassErrors({ spec }: IngressClass): FieldError[] {
  const { controller = '', parameters } = spec ?? {}
  const field = 'spec.controller'
  const errors: FieldError[] = []
  if (controller.length > mostControllerText) errors.push(tooLong(field, mostControllerText))
  errors.push(...domainPrefixedPathErrors(field, controller))
  if (!parameters) return errors
  return [...errors, ...referenceErrors('spec.parameters', parameters), ...scopeErrors('spec.parameters', parameters)]
}

function scopeErrors(field: string, { scope, namespace }: Parameters): FieldError[] {
  if (scope === undefined) return [required(`${field}.scope`)]
  const at = `${field}.namespace`
  if (scope === 'Cluster') {
    return namespace === undefined ? [] : [forbidden(at, "`parameters.scope` is set to 'Cluster'")]
  }
  if (scope !== 'Namespace') return [notSupported(`${field}.scope`, scope, ['Cluster', 'Namespace'])]
  if (namespace === undefined) return [required(at, "`parameters.scope` is set to 'Namespace'")]
  return invalidEach(at, namespace, dnsLabelProblems(namespace))
}

function referenceErrors(field: string, reference: Reference): FieldError[] {
  const { apiGroup } = reference
  const errors =
    apiGroup === undefined ? [] : invalidEach(`${field}.apiGroup`, apiGroup, dnsSubdomainProblems(apiGroup))
  for (const part of ['kind', 'name'] as const) {
    const value = reference[part]
    const at = `${field}.${part}`
    errors.push(...(value ? invalidEach(at, value, pathSegmentProblems(value)) : [required(at)]))
  }
  return errors
}

function ruleErrors(field: string, { host, http }: Rule): FieldError[] {
  const errors: FieldError[] = []
  if (host) {
    if (isIP(host) !== 0) errors.push(invalid(`${field}.host`, host, 'must be a DNS name, not an IP address'))
    errors.push(...invalidEach(`${field}.host`, host, hostProblems(host)))
  }
  if (!http) return errors
  if (!http.paths?.length) errors.push(required(`${field}.http.paths`))
  for (const [i, path] of (http.paths ?? []).entries()) errors.push(...pathErrors(`${field}.http.paths[${i}]`, path))
  return errors
}

function hostProblems(host: string): string[] {
  return host.includes('*') ? wildcardSubdomainProblems(host) : dnsSubdomainProblems(host)
}

function pathErrors(field: string, { path = '', pathType, backend }: Path): FieldError[] {
  if (!pathType) return [required(`${field}.pathType`, 'pathType must be specified')]
  const errors: FieldError[] = []
  if (!pathTypes.includes(pathType)) errors.push(notSupported(`${field}.pathType`, pathType, pathTypes))
  else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.push(invalid(`${field}.path`, path, 'must be an absolute path'))
  } else errors.push(...strictPathErrors(`${field}.path`, path))
  return [...errors, ...backendErrors(`${field}.backend`, backend)]
}

function strictPathErrors(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [] : [invalid(field, path, 'must be an absolute path')]
  for (const sequence of ['//', '/./', '/../', '%2f', '%2F']) {
    if (path.includes(sequence)) errors.push(invalid(field, path, `must not contain '${sequence}'`))
  }
  for (const end of ['/..', '/.']) {
    if (path.endsWith(end)) errors.push(invalid(field, path, `cannot end with '${end}'`))
  }
  return errors
}

function backendErrors(field: string, backend: Backend | undefined): FieldError[] {
  const { service, resource } = backend ?? {}
  if (service && resource) return [invalid(field, '', 'cannot set both resource and service backends')]
  if (resource) return referenceErrors(`${field}.resource`, resource)
  if (!service) return [invalid(field, '', 'resource or service backend is required')]
  const errors = service.name
    ? invalidEach(`${field}.service.name`, service.name, dns1035LabelProblems(service.name))
    : [required(`${field}.service.name`)]
  const { name, number } = service.port ?? {}
  if (name && number) errors.push(invalid(field, '', 'cannot set both port name & port number'))
  else if (name) errors.push(...invalidEach(`${field}.service.port.name`, name, portNameProblems(name)))
  else if (number) errors.push(...portNumber(`${field}.service.port.number`, number))
  else errors.push(required(field, 'port name or number is required'))
  return errors
}
