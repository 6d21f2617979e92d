import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../objects/types.ts'
import { copyAroundShared } from '../../store/frozen-json.ts'
import { ApiError } from '../errors.ts'
import { applyPatch, JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, undecodablePatch } from './apply-patch.ts'
import { trackUpdate } from './managed-fields.ts'
import { findBuiltInSchema, untyped } from './merge-schema.ts'

const current: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } }
const schema = findBuiltInSchema('v1', 'ConfigMap')
const typed = schema ?? untyped

function failure(type: string, body: unknown, given = schema): object {
  try {
    applyPatch({ type, body, current, schema: given })
  } catch (error) {
    if (error instanceof ApiError) return error.status
    throw error
  }
  throw new Error('the patch was accepted')
}

const rejected = {
  message: 'the server rejected our request due to an error in our request',
  reason: 'Invalid',
  details: {},
  code: 422,
}

describe('applyPatch', () => {
  it('applies each kind of patch', () => {
    const operations = [{ op: 'replace', path: '/data/a', value: '2' }]
    expect(applyPatch({ type: JSON_PATCH, body: operations, current, schema }).data).toEqual({ a: '2' })
    expect(applyPatch({ type: MERGE_PATCH, body: { data: { b: '2' } }, current, schema }).data).toEqual({
      a: '1',
      b: '2',
    })
    expect(applyPatch({ type: STRATEGIC_MERGE_PATCH, body: { data: { a: null } }, current, schema }).data).toEqual({})
  })

  it('changes fields of managers that many objects share, in this object alone', () => {
    const other = trackUpdate({
      after: structuredClone(current),
      manager: 'kubectl',
      nowMs: 0,
      schema: typed,
      hasStatus: false,
    })
    const tracked = copyAroundShared(other)
    const operations = [{ op: 'remove', path: '/metadata/managedFields/0/fieldsV1/f:data' }]
    const patched = applyPatch({ type: JSON_PATCH, body: operations, current: tracked, schema })
    expect(patched.metadata.managedFields?.[0]?.fieldsV1).toEqual({})
    expect(other.metadata.managedFields?.[0]?.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} } })
  })

  it.each([
    ['a failed test', [{ op: 'test', path: '/data/a', value: '9' }]],
    ['a missing path', [{ op: 'replace', path: '/data/nosuch/0', value: '9' }]],
    ['an unknown operation', [{ op: 'increment', path: '/data/a' }]],
    ['an operation without a value', [{ op: 'add', path: '/data/b' }]],
  ])('answers %s as upstream does', (_, body) => {
    expect(failure(JSON_PATCH, body)).toMatchObject(rejected)
  })

  it('answers a JSON patch that is no array', () => {
    expect(failure(JSON_PATCH, { data: {} })).toMatchObject({
      message: 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
      reason: 'BadRequest',
      code: 400,
    })
  })

  it('answers a merge patch that is no object', () => {
    expect(failure(MERGE_PATCH, [])).toMatchObject({
      message: 'error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}',
      code: 400,
    })
  })

  it.each([
    ['a bad directive', { data: { $retainKeys: 'a' } }, 400, 'invalid patch format of retainKeys'],
    ['an unknown one', { data: { $patch: 'x' } }, 500, "unknown patch type 'x' in map: map[$patch:x]"],
    [
      'an item without its key',
      { metadata: { ownerReferences: [{ name: 'x' }] } },
      500,
      'map: map[name:x] does not contain declared merge key: uid',
    ],
  ])('answers a strategic merge patch with %s', (_, body, code, message) => {
    const metadata = { ...current.metadata, ownerReferences: [] }
    expect(() => applyPatch({ type: STRATEGIC_MERGE_PATCH, body, current: { ...current, metadata }, schema })).toThrow(
      expect.objectContaining({ message, status: expect.objectContaining({ code }) }),
    )
  })

  it('refuses a strategic merge patch of a kind without a schema, and unknown types', () => {
    const unsupported = { message: '415: Unsupported Media Type', reason: 'UnsupportedMediaType', code: 415 }
    expect(() => applyPatch({ type: STRATEGIC_MERGE_PATCH, body: {}, current, schema: undefined })).toThrow(
      unsupported.message,
    )
    expect(failure('application/json', {})).toMatchObject(unsupported)
  })

  it.each([
    ['illegal base64 data at input byte 3', 'error decoding from json: illegal base64 data at input byte 3'],
    ['json: cannot unmarshal string into Go struct field X.spec.replicas of type int32', 'unrecognized type: int32'],
    [
      'json: cannot unmarshal object into Go struct field X.spec.ports of type []v1.ServicePort',
      'cannot restore slice from map',
    ],
    [
      'json: cannot unmarshal string into Go struct field X.spec of type v1.PodSpec',
      'cannot restore struct from: string',
    ],
  ])('quotes a strategic merge patch as Go prints it, and says %s in other words', (why, words) => {
    const request = { type: STRATEGIC_MERGE_PATCH, body: { data: { POSTGRES_USER: 'not base64!' } } }
    const error = undecodablePatch(request, {}, why)
    expect(error.status.details?.causes?.[0]?.message).toBe(
      `Invalid value: "map[data:map[POSTGRES_USER:not base64!]]": ${words}`,
    )
  })

  it('quotes the result of other patches, and the decoder as it is', () => {
    const why = 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'
    const error = undecodablePatch({ type: MERGE_PATCH, body: {} }, { spec: { replicas: 'two' } }, why)
    expect(error.message).toBe(
      ` "" is invalid: patch: Invalid value: "{\\"spec\\":{\\"replicas\\":\\"two\\"}}": ${why}`,
    )
  })
})
