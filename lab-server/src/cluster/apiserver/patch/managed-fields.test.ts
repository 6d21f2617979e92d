import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../objects/types.ts'
import { shareManagedFields } from './interned-fields.ts'
import { trackUpdate } from './managed-fields.ts'
import { findBuiltInSchema, untyped } from './merge-schema.ts'

const configMap = { schema: findBuiltInSchema('v1', 'ConfigMap') ?? untyped, hasStatus: false }
const deployment = { schema: findBuiltInSchema('apps/v1', 'Deployment') ?? untyped, hasStatus: true }
const nowMs = Date.parse('2026-11-23T03:12:40Z')

function config(data: Record<string, string>, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'ref', ...metadata }, data }
}

function update(before: KubeObject, after: KubeObject, manager: string): KubeObject {
  return trackUpdate({ before, after, manager, nowMs, ...configMap })
}

const created = trackUpdate({ after: config({ x: '1' }), manager: 'kubectl-create', nowMs, ...configMap })

describe('trackUpdate', () => {
  it('tells owners as a real server told them for a Deployment and its status', () => {
    const golden = JSON.parse(
      readFileSync(new URL('./golden/deployment-managed-fields.json', import.meta.url), 'utf8'),
    ) as KubeObject
    const applied = structuredClone(golden)
    delete applied.status
    delete applied.metadata.managedFields
    delete applied.metadata.annotations?.['deployment.kubernetes.io/revision']
    const first = trackUpdate({
      after: applied,
      manager: 'kubectl-client-side-apply',
      nowMs: Date.parse('2026-11-23T02:41:41Z'),
      ...deployment,
    })
    const second = trackUpdate({
      before: first,
      after: { ...golden, metadata: { ...golden.metadata, managedFields: first.metadata.managedFields ?? [] } },
      manager: 'kube-controller-manager',
      subresource: 'status',
      nowMs: Date.parse('2026-11-23T02:41:47Z'),
      ...deployment,
    })
    expect(second.metadata.managedFields).toEqual(golden.metadata.managedFields)
  })

  it('gives the creator what it set', () => {
    expect(created.metadata.managedFields).toEqual([
      {
        manager: 'kubectl-create',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-11-23T03:12:40Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { '.': {}, 'f:x': {} } },
      },
    ])
  })

  it('moves a changed field to who changed it', () => {
    const after = update(created, { ...created, data: { x: '2', y: '1' } }, 'kubectl-edit')
    expect(after.metadata.managedFields?.map((entry) => [entry.manager, entry.fieldsV1])).toEqual([
      ['kubectl-create', { 'f:data': {} }],
      ['kubectl-edit', { 'f:data': { 'f:x': {}, 'f:y': {} } }],
    ])
  })

  it('forgets removed fields and managers that own nothing', () => {
    const other = update(created, { ...created, data: { x: '1', y: '1' } }, 'kubectl-edit')
    const after = update(other, { ...other, data: { x: '1' } }, 'kubectl-create')
    expect(after.metadata.managedFields).toEqual(created.metadata.managedFields)
  })

  it('keeps entries, times and trees when nothing changes', () => {
    const after = trackUpdate({
      before: created,
      after: structuredClone(created),
      manager: 'kubectl-create',
      nowMs: nowMs + 60_000,
      ...configMap,
    })
    expect(after.metadata.managedFields?.[0]).toBe(created.metadata.managedFields?.[0])
  })

  it('shares the trees of equal sets between objects', () => {
    const other = trackUpdate({ after: config({ x: '9' }), manager: 'kubectl-create', nowMs, ...configMap })
    expect(other.metadata.managedFields?.[0]?.fieldsV1).toBe(created.metadata.managedFields?.[0]?.fieldsV1)
  })

  it('shares them again after a copy', () => {
    const copy = shareManagedFields(structuredClone(created))
    expect(copy).toEqual(created)
    expect(copy.metadata.managedFields?.[0]?.fieldsV1).toBe(created.metadata.managedFields?.[0]?.fieldsV1)
  })

  it('records a scale without a time, as a real server does', () => {
    const before: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {}, spec: { replicas: 1 } }
    const first = trackUpdate({ after: before, manager: 'm', nowMs, ...deployment })
    const after = { ...first, spec: { replicas: 2 } }
    const scaled = trackUpdate({ before: first, after, manager: 'kubectl', subresource: 'scale', nowMs, ...deployment })
    expect(scaled.metadata.managedFields).toEqual([
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'apps/v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        subresource: 'scale',
      },
    ])
  })

  it('gives nobody what a binding writes', () => {
    const pod = { schema: findBuiltInSchema('v1', 'Pod') ?? untyped, hasStatus: true, nowMs }
    const unbound: KubeObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { restartPolicy: 'Always' },
    }
    const before = trackUpdate({ after: unbound, manager: 'kubectl-run', ...pod })
    const after = { ...before, spec: { restartPolicy: 'Always', nodeName: 'node-1' } }
    const bound = trackUpdate({ before, after, manager: 'kube-scheduler', subresource: 'binding', ...pod })
    expect(bound.metadata.managedFields).toEqual(before.metadata.managedFields)
  })

  it('owns neither identity nor version', () => {
    const metadata = { uid: 'u', resourceVersion: '5', generation: 2, creationTimestamp: '2026-11-23T03:12:40Z' }
    const after = trackUpdate({ after: config({}, metadata), manager: 'm', nowMs, ...configMap })
    expect(after.metadata.managedFields?.[0]?.fieldsV1).toEqual({ 'f:data': {} })
  })

  it('accepts managed fields that a client rewrites, as kubectl does on its first server-side apply', () => {
    const rewritten = [{ ...created.metadata.managedFields?.[0], manager: 'kubectl', operation: 'Apply' }]
    const after = update(created, config({ x: '1' }, { managedFields: rewritten }), 'kubectl')
    expect(after.metadata.managedFields?.map((entry) => [entry.manager, entry.operation])).toEqual([
      ['kubectl', 'Apply'],
    ])
  })

  it('keeps the managers when a client leaves them out', () => {
    const after = update(created, config({ x: '1' }), 'kubectl-replace')
    expect(after.metadata.managedFields).toEqual(created.metadata.managedFields)
  })

  it('clears the managers when a client sends one empty entry', () => {
    const after = update(created, config({ x: '1' }, { managedFields: [{}] }), 'kubectl-edit')
    expect(after.metadata.managedFields).toBeUndefined()
  })

  it('folds the oldest of more than ten updaters', () => {
    let object = created
    for (let index = 1; index <= 14; index++) {
      const after = { ...object, data: { ...(object.data as object), [`k${index}`]: '1' } }
      object = trackUpdate({ before: object, after, manager: `m${index}`, nowMs: nowMs + index * 1000, ...configMap })
    }
    const managers = object.metadata.managedFields?.map((entry) => entry.manager)
    expect(managers).toHaveLength(10)
    expect(managers).toContain('ancient-changes')
    expect(managers?.at(-1)).toBe('m14')
  })
})
