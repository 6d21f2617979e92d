import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../errors.ts'
import { decodeProtobufBody } from './decode-body.ts'

interface Golden {
  path: string
  base64: string
  json: object
}

// What kubectl 1.36 sent and what a Kubernetes v1.36 answered, as protobuf and as JSON.
function golden(file: string): Golden[] {
  return JSON.parse(readFileSync(new URL(`./golden/${file}`, import.meta.url), 'utf8')) as Golden[]
}

/** A protobuf body: `fields` are [number, content] of length-delimited fields, nested ones built alike. */
function delimited(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes])
}

function body(apiVersion: string, kind: string, raw: Uint8Array): Buffer {
  const typeMeta = Buffer.concat([delimited(1, apiVersion), delimited(2, kind)])
  return Buffer.concat([Buffer.from('k8s\0'), delimited(1, typeMeta), delimited(2, raw)])
}

describe('decodeProtobufBody', () => {
  it.each(golden('requests.json'))('reads what kubectl posts to $path', ({ base64, json }) => {
    expect(decodeProtobufBody(Buffer.from(base64, 'base64'))).toEqual(json)
  })

  it.each(golden('responses.json'))('reads what the server answers at $path', ({ base64, json }) => {
    expect(decodeProtobufBody(Buffer.from(base64, 'base64'))).toEqual(json)
  })

  it('keeps a zero that has a meaning and drops one that was never set', () => {
    const spec = Buffer.from([1 << 3, 0, 5 << 3, 0]) // replicas: 0, minReadySeconds: 0
    expect(decodeProtobufBody(body('apps/v1', 'Deployment', delimited(2, spec)))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 0 },
    })
  })

  it('reads negative numbers', () => {
    const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
    const raw = Buffer.from([2 << 3, ...minusOne])
    expect(decodeProtobufBody(body('scheduling.k8s.io/v1', 'PriorityClass', raw))).toMatchObject({ value: -1 })
  })

  it('reads DeleteOptions under any group', () => {
    const raw = Buffer.from([1 << 3, 0])
    expect(decodeProtobufBody(body('policy/v1', 'DeleteOptions', raw))).toMatchObject({ gracePeriodSeconds: 0 })
  })

  it('skips fields that it does not know', () => {
    const raw = Buffer.concat([
      delimited(15, 'new'),
      delimited(2, Buffer.concat([delimited(1, 'k'), delimited(2, 'v')])),
    ])
    expect(decodeProtobufBody(body('v1', 'ConfigMap', raw))).toMatchObject({ data: { k: 'v' } })
  })

  it('treats a key named __proto__ as data', () => {
    const raw = delimited(2, Buffer.concat([delimited(1, '__proto__'), delimited(2, 'v')]))
    const { data } = decodeProtobufBody(body('v1', 'ConfigMap', raw)) as { data: object }
    expect(Object.keys(data)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype)
  })

  it.each([
    ['no magic bytes', Buffer.from('{"kind":"Pod"}'), 'expected prefix [107 56 115 0]'],
    ['an unknown kind', body('v1', 'Nonsense', Buffer.alloc(0)), 'no kind "Nonsense" is registered for version "v1"'],
    ['a truncated message', body('v1', 'ConfigMap', delimited(2, 'xyz').subarray(0, 3)), 'unexpected EOF'],
    ['an illegal wire type', body('v1', 'ConfigMap', Buffer.from([(1 << 3) | 7])), 'illegal wireType 7'],
    ['a varint without an end', body('v1', 'ConfigMap', Buffer.alloc(12, 0xff)), 'integer overflow'],
  ])('answers 400 to %s', (_, bytes, message) => {
    expect(() => decodeProtobufBody(bytes)).toThrow(message)
    expect(() => decodeProtobufBody(bytes)).toThrow(ApiError)
  })

  it('never throws anything but an ApiError, whatever byte is changed', () => {
    for (const { base64 } of golden('requests.json')) {
      const bytes = Buffer.from(base64, 'base64')
      for (let at = 4; at < bytes.length; at++) {
        const damaged = Buffer.from(bytes)
        damaged[at] = (damaged[at] ?? 0) ^ 0x5a
        try {
          decodeProtobufBody(damaged)
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError)
        }
      }
    }
  })
})
