// ConfigMaps, Secrets and ServiceAccounts: what pods are configured with.

import { ageColumn, nameColumn, plain } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { age } from '../human-duration.ts'
import type { ConfigMap, Secret, ServiceAccount } from '../types.ts'
import { configMapChange, configMapErrors, secretChange, secretErrors } from './configuration-validation.ts'

/** Configuration in plain text. */
export const configMap = defineKind<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  shortNames: ['cm'],
  validate: (configMap, old) => [...(old ? configMapChange(configMap, old) : []), ...configMapErrors(configMap)],
  columns: [nameColumn, plain('Data'), ageColumn],
  cells: ({ metadata, data, binaryData }, { nowMs }) => [
    metadata.name,
    count(data) + count(binaryData),
    age(metadata.creationTimestamp, nowMs),
  ],
})

/** Configuration that not everyone may read. */
export const secret = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  validate: (secret, old) => [...(old ? secretChange(secret, old) : []), ...secretErrors(secret)],
  applyDefaults(secret) {
    secret.type ||= 'Opaque'
    const { stringData } = secret
    if (!stringData) return
    const encoded = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(text).toString('base64')])
    secret.data = { ...secret.data, ...Object.fromEntries(encoded) }
    delete secret.stringData
  },
  columns: [nameColumn, plain('Type'), plain('Data'), ageColumn],
  cells: ({ metadata, type, data }, { nowMs }) => [
    metadata.name,
    type,
    count(data),
    age(metadata.creationTimestamp, nowMs),
  ],
  selectableFields: { type: (secret) => secret.type },
})

/** Who a pod is to the API. */
export const serviceAccount = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  otherSubresources: [
    { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  ],
})

function count(data: Record<string, string> | undefined): number {
  return Object.keys(data ?? {}).length
}
