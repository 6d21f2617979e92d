import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeQuery,
  decodeResponse,
  encodeQuery,
  encodeResponse,
  type ResourceRecord,
  typeNumbers,
} from './message.ts'

const name = fc
  .array(fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/), { minLength: 1, maxLength: 5 })
  .map((labels) => labels.join('.'))
const question = fc.record({ name, type: fc.constantFrom(...Object.values(typeNumbers)) })

describe('DNS messages', () => {
  it('reads every query that it writes', () => {
    fc.assert(
      fc.property(fc.nat(65_535), question, (id, asked) => {
        expect(decodeQuery(encodeQuery(id, asked))).toEqual({ id, question: asked, isRecursive: true })
      }),
    )
  })

  it('reads every response that it writes', () => {
    const record: fc.Arbitrary<ResourceRecord> = fc.oneof(
      fc.record({ name, ttl: fc.nat(1000), type: fc.constant('A' as const), address: fc.ipV4() }),
      fc.record({ name, ttl: fc.nat(1000), type: fc.constant('CNAME' as const), target: name }),
      fc.record({
        name,
        ttl: fc.nat(1000),
        type: fc.constant('SRV' as const),
        priority: fc.nat(10),
        weight: fc.nat(100),
        port: fc.nat(65_535),
        target: name,
      }),
    )
    fc.assert(
      fc.property(question, fc.array(record, { maxLength: 8 }), (asked, answers) => {
        const message = encodeResponse(7, asked, { code: 'NOERROR', answers })
        expect(decodeResponse(message)).toEqual({ id: 7, code: 'NOERROR', isTruncated: false, answers })
      }),
    )
  })

  it('cuts what does not fit into a datagram, and says so', () => {
    const answers = Array.from({ length: 100 }, (_, index): ResourceRecord => {
      return { name: 'a.b', ttl: 1, type: 'A', address: `127.42.0.${index}` }
    })
    const message = encodeResponse(1, { name: 'a.b', type: 1 }, { code: 'NOERROR', answers }, 1232)
    expect(message.length).toBeLessThanOrEqual(1232)
    expect(decodeResponse(message)).toMatchObject({ isTruncated: true, answers: [] })
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const buffer = Buffer.from(bytes)
        expect(() => [decodeQuery(buffer), decodeResponse(buffer)]).not.toThrow()
      }),
    )
  })
})
