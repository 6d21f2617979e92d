// Devices and claims to them: stored and shown. No driver offers any and the scheduler allocates none.
import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { immutable, required } from '../validation/errors.ts'
import { claimErrors } from './validation.ts'

const group = 'resource.k8s.io'
const version = 'v1'

/** A kind of device that can be asked for. */
export const deviceClass = defineKind<DeviceClass>({
  group,
  version,
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  hasGeneration: true,
  columns: [nameColumn, ageColumn],
})

/** A request for devices. */
export const resourceClaim = defineKind<ResourceClaim>({
  group,
  version,
  kind: 'ResourceClaim',
  plural: 'resourceclaims',
  subresources: { status: true },
  columns: [nameColumn, plain('State'), ageColumn],
  cells: (claim, { nowMs }) => [claim.metadata.name, stateOf(claim), age(claim.metadata.creationTimestamp, nowMs)],
  applyDefaults: ({ spec }) => applyClaimDefaults(spec),
  validate: ({ spec }) => claimErrors('spec', spec),
  validateUpdate: ({ spec }, old) => (semanticallyEqual(spec, old.spec) ? [] : [immutable('spec', spec)]),
})

/** What a pod's own claims are made of. */
export const resourceClaimTemplate = defineKind<ResourceClaimTemplate>({
  group,
  version,
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  columns: [nameColumn, ageColumn],
  applyDefaults: ({ spec }) => applyClaimDefaults(spec?.spec),
  validate: ({ spec }) => claimErrors('spec.spec', spec?.spec),
  validateUpdate: ({ spec }, old) => (semanticallyEqual(spec, old.spec) ? [] : [immutable('spec', spec)]),
})

/** The devices that a driver offers. */
export const resourceSlice = defineKind<ResourceSlice>({
  group,
  version,
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  hasGeneration: true,
  columns: [nameColumn, plain('Node'), plain('Driver'), plain('Pool'), ageColumn],
  cells: ({ metadata, spec }, { nowMs }) => [
    metadata.name,
    spec?.nodeName || '<unset>',
    spec?.driver,
    spec?.pool?.name,
    age(metadata.creationTimestamp, nowMs),
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName,
    'spec.driver': ({ spec }) => spec?.driver,
  },
  validate({ spec }) {
    const errors = spec?.driver ? [] : [required('spec.driver')]
    if (!spec?.pool?.name) errors.push(required('spec.pool.name'))
    return errors
  },
})

function stateOf({ metadata, status }: ResourceClaim): string {
  const states = [
    ...(metadata.deletionTimestamp ? ['deleted'] : []),
    ...(status?.allocation ? ['allocated'] : []),
    ...(status?.reservedFor?.length ? ['reserved'] : []),
  ]
  return status?.allocation || metadata.deletionTimestamp ? states.join(',') : 'pending'
}

function applyClaimDefaults(spec: ResourceClaim['spec'] | undefined): void {
  for (const { exactly, firstAvailable } of spec?.devices?.requests ?? []) {
    for (const request of [...(exactly ? [exactly] : []), ...(firstAvailable ?? [])]) {
      request.allocationMode ||= 'ExactCount'
      if (request.allocationMode === 'ExactCount') request.count ||= 1
    }
  }
}
