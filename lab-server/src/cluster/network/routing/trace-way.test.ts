import { expect, test } from 'vitest'
import { traceWay, type WayQuestion } from './trace-way.ts'

const question: WayQuestion = {
  from: '10.42.0.5',
  to: '10.42.0.6',
  nodes: [
    { ip: '10.99.0.11', podCidr: '10.42.0.0/24' },
    { ip: '10.99.0.12', podCidr: '10.42.1.0/24' },
  ],
  isPod: (ip) => ['10.42.0.5', '10.42.0.6', '10.42.1.7'].includes(ip),
  policies: { ingress: {}, egress: {} },
}
const way = (to: string, change: Partial<WayQuestion> = {}) => traceWay({ ...question, to, ...change })

test('pods of a node are neighbours, those of another lie behind two routers', () => {
  expect(way('10.42.0.5')).toEqual({ hops: [], answers: true })
  expect(way('10.42.0.6')).toEqual({ hops: [], answers: true })
  expect(way('10.42.1.7')).toEqual({ hops: ['10.42.0.1', '10.99.0.12'], answers: true })
  expect(way('10.99.0.11')).toEqual({ hops: [], answers: true })
  expect(way('10.99.0.12')).toEqual({ hops: ['10.42.0.1'], answers: true })
})

test('addresses of Services, of nobody and of the world do not answer', () => {
  expect(way('10.43.0.10')).toEqual({ hops: ['10.42.0.1'], answers: false })
  expect(way('10.42.0.99')).toEqual({ hops: [], answers: false })
  expect(way('8.8.8.8')).toEqual({ hops: ['10.42.0.1'], answers: false })
})

test('a policy stops echoes unless a rule without ports lets the peer through', () => {
  const closed = (rules: WayQuestion['policies']['ingress'][string]) =>
    way('10.42.0.6', { policies: { ingress: { '10.42.0.6': rules }, egress: {} } }).answers
  expect(closed([])).toBe(false)
  expect(closed([{ ips: ['10.42.0.5'], ports: [{ protocol: 'TCP', port: 80 }] }])).toBe(false)
  expect(closed([{ ips: ['10.42.0.9'] }])).toBe(false)
  expect(closed([{ ips: ['10.42.0.5'] }])).toBe(true)
  expect(way('10.42.0.6', { policies: { ingress: {}, egress: { '10.42.0.5': [] } } }).answers).toBe(false)
  expect(way('10.42.0.5', { policies: { ingress: {}, egress: { '10.42.0.5': [] } } }).answers).toBe(true)
})
