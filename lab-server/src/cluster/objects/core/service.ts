import { ageColumn, nameColumn, plain, wide } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import { formatLabels } from '../selectors.ts'
import type { Service } from '../types.ts'
import { dns1035LabelProblems } from '../validation/names.ts'
import { serviceChange } from './service-address-validation.ts'
import { applyServiceDefaults } from './service-defaults.ts'
import { serviceErrors, serviceWarnings } from './service-validation.ts'

/** A stable address and name for a set of pods. */
export const service = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  subresources: { status: true },
  otherSubresources: [
    { name: 'proxy', kind: 'ServiceProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
  ],
  columns: [
    nameColumn,
    plain('Type'),
    plain('Cluster-IP'),
    plain('External-IP'),
    plain('Port(s)'),
    ageColumn,
    wide('Selector'),
  ],
  cells: (service, { nowMs }) => [
    service.metadata.name,
    service.spec?.type,
    service.spec?.clusterIPs?.[0] || service.spec?.clusterIP || '<none>',
    externalAddress(service),
    ports(service),
    age(service.metadata.creationTimestamp, nowMs),
    formatLabels(service.spec?.selector),
  ],
  applyDefaults: applyServiceDefaults,
  nameProblems: dns1035LabelProblems,
  validate: (service, old) => [...(old ? serviceChange(service, old) : []), ...serviceErrors(service)],
  warnings: serviceWarnings,
  selectableFields: {
    'spec.clusterIP': (service) => service.spec?.clusterIP,
    'spec.type': (service) => service.spec?.type,
  },
})

function externalAddress({ spec, status }: Service): string {
  const external = spec?.externalIPs ?? []
  if (spec?.type === 'ExternalName') return spec.externalName || '<none>'
  if (spec?.type !== 'LoadBalancer') return external.join() || '<none>'
  const balancer = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  const addresses = [...new Set(balancer.filter((address) => address !== ''))].sort()
  return [...addresses, ...external].join() || '<pending>'
}

function ports({ spec }: Service): string {
  const each = (spec?.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  )
  return each.join() || '<none>'
}
