import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { Ingress, IngressClass } from '../types.ts'
import { immutable } from '../validation/errors.ts'
import { listWithMore } from '../workload-cells.ts'
import { ingressClassErrors, ingressErrors } from './ingress-validation.ts'

/** Rules that lead HTTP requests to Services. */
export const ingress = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  validate: ingressErrors,
  warnings: ({ metadata }) =>
    metadata.annotations?.['kubernetes.io/ingress.class'] === undefined
      ? []
      : [`annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`],
  applyDefaults(ingress) {
    ingress.spec ??= {}
    ingress.status ??= { loadBalancer: {} }
  },
  shortNames: ['ing'],
  subresources: { status: true },
  hasGeneration: true,
  columns: [nameColumn, plain('Class'), plain('Hosts'), plain('Address'), plain('Ports'), ageColumn],
  cells: (ingress, { nowMs }) => [
    ingress.metadata.name,
    ingress.spec?.ingressClassName ?? '<none>',
    hosts(ingress),
    addresses(ingress),
    ingress.spec?.tls?.length ? '80, 443' : '80',
    age(ingress.metadata.creationTimestamp, nowMs),
  ],
})

/** Which controller serves an Ingress. */
export const ingressClass = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  validate: ingressClassErrors,
  validateUpdate: ({ spec }, old) =>
    spec?.controller === old.spec?.controller ? [] : [immutable('spec.controller', spec?.controller)],
  applyDefaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster'
  },
  namespaced: false,
  hasGeneration: true,
  columns: [nameColumn, plain('Controller'), plain('Parameters'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.controller,
    parameters(spec?.parameters),
    age(metadata.creationTimestamp, nowMs),
  ],
})

function hosts({ spec }: Ingress): string {
  const named = (spec?.rules ?? []).map(({ host }) => host ?? '').filter((host) => host !== '')
  return named.length === 0 ? '*' : listWithMore(named, 3)
}

function addresses({ status }: Ingress): string {
  const found = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(found.filter((address) => address !== ''))].sort().join()
}

function parameters(reference: NonNullable<IngressClass['spec']>['parameters']): string {
  if (!reference) return '<none>'
  const group = reference.apiGroup ? `.${reference.apiGroup}` : ''
  return `${reference.kind}${group}/${reference.name}`
}
