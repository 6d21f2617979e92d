import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../objects/types.ts'
import { ApiError } from '../errors.ts'
import { LAST_APPLIED } from './last-applied.ts'
import { trackUpdate } from './managed-fields.ts'
import { findBuiltInSchema, schemaOfCustomResource, untyped } from './merge-schema.ts'
import { type ApplyInput, serverSideApply } from './server-side-apply.ts'

const nowMs = Date.parse('2026-11-23T03:12:41Z')

function inputFor(apiVersion: string, kind: string): Pick<ApplyInput, 'nowMs' | 'schema' | 'hasStatus'> {
  return { nowMs, schema: findBuiltInSchema(apiVersion, kind) ?? untyped, hasStatus: kind !== 'ConfigMap' }
}

function config(data?: Record<string, string>, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, ...(data ? { data } : {}) }
}

function apply(live: KubeObject | undefined, applied: KubeObject, manager: string, force = false): KubeObject {
  const shared = inputFor(applied.apiVersion, applied.kind)
  return serverSideApply({ ...(live ? { live } : {}), applied, manager, force, ...shared })
}

function refusal(action: () => unknown): ApiError['status'] {
  try {
    action()
  } catch (error) {
    if (error instanceof ApiError) return error.status
    throw error
  }
  throw new Error('the apply was accepted')
}

const created = trackUpdate({ after: config({ x: '1' }), manager: 'kubectl-create', ...inputFor('v1', 'ConfigMap') })

describe('ownership', () => {
  it('creates an object that the applier owns', () => {
    const object = apply(undefined, config({ x: '1' }), 'alice')
    expect(object.data).toEqual({ x: '1' })
    expect(object.metadata.managedFields).toEqual([
      {
        manager: 'alice',
        operation: 'Apply',
        apiVersion: 'v1',
        time: '2026-11-23T03:12:41Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:x': {} } },
      },
    ])
  })

  it('refuses to change what another manager owns', () => {
    const status = refusal(() => apply(created, config({ x: '9' }), 'alice'))
    expect(status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.x',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-create" using v1', field: '.data.x' },
        ],
      },
    })
  })

  it('lists every field of every owner in conflict', () => {
    const second = trackUpdate({
      before: created,
      after: { ...created, data: { x: '1', y: '1', z: '1' } },
      manager: 'kubectl-edit',
      ...inputFor('v1', 'ConfigMap'),
    })
    expect(refusal(() => apply(second, config({ x: '9', y: '9', z: '9' }), 'alice')).message).toBe(
      [
        'Apply failed with 3 conflicts: conflicts with "kubectl-create" using v1:',
        '- .data.x',
        'conflicts with "kubectl-edit" using v1:',
        '- .data.y',
        '- .data.z',
      ].join('\n'),
    )
  })

  it('takes fields over by force, as a real server recorded it', () => {
    const forced = apply(created, config({ x: '9' }), 'alice', true)
    expect(forced.data).toEqual({ x: '9' })
    expect(forced.metadata.managedFields?.map((entry) => [entry.manager, entry.operation, entry.fieldsV1])).toEqual([
      ['alice', 'Apply', { 'f:data': { 'f:x': {} } }],
      ['kubectl-create', 'Update', { 'f:data': {} }],
    ])
    expect(refusal(() => apply(forced, config({ x: '10' }), 'bob')).message).toBe(
      'Apply failed with 1 conflict: conflict with "alice": .data.x',
    )
  })

  it('shares a field whose value is the same', () => {
    const shared = apply(created, config({ x: '1' }), 'alice')
    expect(shared.metadata.managedFields?.map((entry) => entry.manager)).toEqual(['alice', 'kubectl-create'])
  })

  it('names items of keyed lists in conflicts', () => {
    const live = deployment({ containers: [{ name: 'backend', image: 'a:1' }] })
    const tracked = trackUpdate({ after: live, manager: 'kubectl-create', ...inputFor('apps/v1', 'Deployment') })
    const applied = deployment({ containers: [{ name: 'backend', image: 'a:2' }] })
    expect(refusal(() => apply(tracked, applied, 'alice')).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-create" using apps/v1: ' +
        '.spec.template.spec.containers[name="backend"].image',
    )
  })
})

function deployment(podSpec: object, metadata: object = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'backend', ...metadata },
    spec: { template: { spec: podSpec } },
  }
}

describe('fields no longer applied', () => {
  it('leave the object its name when all labels go', () => {
    const labelled = apply(undefined, config({ x: '1' }, { labels: { a: 'b' } }), 'alice')
    expect(apply(labelled, config({ x: '1' }), 'alice').metadata).toMatchObject({ name: 'a' })
    expect(apply(labelled, config({ x: '1' }), 'alice').metadata.labels).toBeUndefined()
  })

  it('are removed when nobody else owns them', () => {
    const first = apply(undefined, config({ x: '1', y: '1' }), 'alice')
    expect(apply(first, config({ x: '1' }), 'alice').data).toEqual({ x: '1' })
  })

  it('stay when another applier owns them too', () => {
    const first = apply(undefined, config({ x: '1', y: '1' }), 'alice')
    const second = apply(first, config({ y: '1' }), 'bob')
    expect(apply(second, config({ x: '1' }), 'alice').data).toEqual({ x: '1', y: '1' })
  })

  it('stay when they were never applied', () => {
    const first = apply(created, config({ y: '1' }), 'alice')
    expect(apply(first, config({}), 'alice').data).toEqual({ x: '1' })
  })

  it('take their list item along, and leave others', () => {
    const both = deployment({
      containers: [
        { name: 'a', image: 'a' },
        { name: 'b', image: 'b' },
      ],
    })
    const first = apply(undefined, both, 'alice')
    const second = apply(first, deployment({ containers: [{ name: 'b', image: 'b' }] }), 'alice')
    expect(second.spec).toEqual({ template: { spec: { containers: [{ name: 'b', image: 'b' }] } } })
  })
})

describe('merging', () => {
  it('keeps defaults inside an item of a keyed list', () => {
    const live = deployment({ containers: [{ name: 'a', image: 'a', imagePullPolicy: 'Always' }] })
    const tracked = trackUpdate({ after: live, manager: 'other', ...inputFor('apps/v1', 'Deployment') })
    const result = apply(tracked, deployment({ containers: [{ name: 'a', tty: true }] }), 'alice')
    expect(result.spec).toEqual({
      template: { spec: { containers: [{ name: 'a', image: 'a', imagePullPolicy: 'Always', tty: true }] } },
    })
  })

  it('matches ports by number and protocol, which is TCP when left out', () => {
    const port = { containerPort: 80, protocol: 'TCP' }
    const after = deployment({ containers: [{ name: 'a', ports: [port] }] })
    const live = trackUpdate({ after, manager: 'other', ...inputFor('apps/v1', 'Deployment') })
    const result = apply(
      live,
      deployment({ containers: [{ name: 'a', ports: [{ containerPort: 80, name: 'http' }] }] }),
      'alice',
    )
    expect(result.spec).toEqual({
      template: { spec: { containers: [{ name: 'a', ports: [{ ...port, name: 'http' }] }] } },
    })
  })

  it('follows the applied order and leaves foreign items where they are', () => {
    const names = (object: KubeObject) =>
      (object.spec as { template: { spec: { containers: { name: string }[] } } }).template.spec.containers.map(
        ({ name }) => name,
      )
    const containers = (...list: string[]) => ({ containers: list.map((name) => ({ name })) })
    const live = trackUpdate({
      after: deployment(containers('a', 'x', 'b', 'c')),
      manager: 'other',
      ...inputFor('apps/v1', 'Deployment'),
    })
    expect(names(apply(live, deployment(containers('c', 'a')), 'alice'))).toEqual(['x', 'b', 'c', 'a'])
    expect(names(apply(live, deployment(containers('a', 'n', 'b')), 'alice'))).toEqual(['a', 'x', 'n', 'b', 'c'])
  })

  it('replaces an atomic list whole', () => {
    const live = apply(undefined, deployment({ containers: [{ name: 'a', args: ['1', '2'] }] }), 'alice')
    const result = apply(live, deployment({ containers: [{ name: 'a', args: ['3'] }] }), 'alice')
    expect(result.spec).toEqual({ template: { spec: { containers: [{ name: 'a', args: ['3'] }] } } })
  })

  it('takes a null for nothing at all', () => {
    const live = apply(undefined, config({ x: '1' }, { creationTimestamp: '2026-11-23T03:12:40Z' }), 'alice')
    const dryRun = config({ x: '2' }, { creationTimestamp: null })
    expect(apply(live, dryRun, 'alice').metadata.creationTimestamp).toBe('2026-11-23T03:12:40Z')
  })

  it('returns the live object itself when nothing changes', () => {
    const live = apply(undefined, config({ x: '1' }), 'alice')
    expect(apply(live, config({ x: '1' }), 'alice')).toBe(live)
  })

  it('refuses managed fields in the configuration', () => {
    const applied = config({}, { managedFields: [{ manager: 'x', operation: 'Apply' }] })
    expect(refusal(() => apply(undefined, applied, 'alice'))).toMatchObject({
      code: 400,
      message: 'metadata.managedFields must be nil',
    })
  })
})

describe('the move from client-side apply', () => {
  const applied = config({ x: '1' })
  const annotation = `${JSON.stringify({ apiVersion: 'v1', data: { x: '1' }, kind: 'ConfigMap', metadata: { annotations: {}, name: 'a' } })}\n`
  const live = trackUpdate({
    after: config({ x: '1' }, { annotations: { [LAST_APPLIED]: annotation } }),
    manager: 'kubectl-client-side-apply',
    ...inputFor('v1', 'ConfigMap'),
  })

  it('lets kubectl change what it applied on the client', () => {
    const result = apply(live, { ...applied, data: { x: '2' } }, 'kubectl')
    expect(result.data).toEqual({ x: '2' })
    expect(JSON.parse(result.metadata.annotations?.[LAST_APPLIED] ?? '')).toMatchObject({ data: { x: '2' } })
  })

  it('does not let kubectl change what somebody else changed since', () => {
    const edited = trackUpdate({
      before: live,
      after: { ...live, data: { x: '5' } },
      manager: 'kubectl-edit',
      ...inputFor('v1', 'ConfigMap'),
    })
    expect(refusal(() => apply(edited, { ...applied, data: { x: '2' } }, 'kubectl')).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.x',
    )
  })

  it('gives other managers no such right', () => {
    expect(refusal(() => apply(live, { ...applied, data: { x: '2' } }, 'alice')).message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.x',
    )
  })
})

describe('custom resources', () => {
  const schema = schemaOfCustomResource({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          rules: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['host'],
            items: { type: 'object', properties: { host: { type: 'string' }, port: { type: 'integer' } } },
          },
        },
      },
    },
  })
  const resource = (rules: object[]): KubeObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Site',
    metadata: { name: 's' },
    spec: { rules },
  })

  it('merge by the keys that their definition declares', () => {
    const shared = { nowMs, schema, hasStatus: false, force: false }
    const live = serverSideApply({ ...shared, applied: resource([{ host: 'a', port: 1 }]), manager: 'alice' })
    const both = serverSideApply({ ...shared, live, applied: resource([{ host: 'b', port: 2 }]), manager: 'bob' })
    expect(both.spec).toEqual({
      rules: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
      ],
    })
  })
})
