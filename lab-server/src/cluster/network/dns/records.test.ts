import { describe, expect, it } from 'vitest'
import { makeService, makeSlice } from '../testing/objects.ts'
import { typeNumbers } from './message.ts'
import { answerQuestion, type DnsWorld } from './records.ts'

const services = [
  makeService('postgres-svc', { clusterIP: '127.43.0.19', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] }),
  makeService('peers', { clusterIP: 'None', ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }] }),
  makeService('outside', { type: 'ExternalName', externalName: 'postgres-svc.taskmaster.svc.cluster.local' }),
  makeService('nowhere', { type: 'ExternalName', externalName: 'db.internal.invalid' }),
]
const slices = [
  makeSlice('postgres-svc', 5432, ['127.42.0.6'], 'sql'),
  makeSlice(
    'peers',
    5432,
    [
      { addresses: ['127.42.0.7'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['127.42.0.8'], hostname: 'db-1', conditions: { ready: false } },
    ],
    'sql',
  ),
]
const world: DnsWorld = {
  services: () => services,
  findService: (namespace, name) =>
    services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name),
  slicesOf: (_namespace, name) => slices.filter(({ metadata }) => metadata.name === `${name}-abcde`),
  hasNamespace: (name) => name === 'taskmaster',
}
const base = 'taskmaster.svc.cluster.local'
const addressesOf = (name: string) =>
  answerQuestion(world, name, typeNumbers.A).answers.flatMap((record) => (record.type === 'A' ? [record.address] : []))

describe('the cluster DNS', () => {
  it('gives a service its address', () => {
    expect(addressesOf(`postgres-svc.${base}`)).toEqual(['127.43.0.19'])
    expect(addressesOf(`Postgres-SVC.${base}.`)).toEqual(['127.43.0.19'])
  })

  it('gives a headless service the addresses of its ready pods, and each pod its name', () => {
    expect(addressesOf(`peers.${base}`)).toEqual(['127.42.0.7'])
    expect(addressesOf(`db-0.peers.${base}`)).toEqual(['127.42.0.7'])
    expect(answerQuestion(world, `db-1.peers.${base}`, typeNumbers.A).code).toBe('NXDOMAIN')
  })

  it('follows an ExternalName, and says when its target does not exist', () => {
    const { code, answers } = answerQuestion(world, `outside.${base}`, typeNumbers.A)
    expect(code).toBe('NOERROR')
    expect(answers.map(({ type }) => type)).toEqual(['CNAME', 'A'])
    expect(answerQuestion(world, `nowhere.${base}`, typeNumbers.A).code).toBe('NXDOMAIN')
  })

  it('does not know other names, nor services of other namespaces', () => {
    for (const name of ['postgres-svc', `postgres.${base}`, 'postgres-svc.default.svc.cluster.local', 'example.com']) {
      expect(answerQuestion(world, name, typeNumbers.A).code, name).toBe('NXDOMAIN')
    }
  })

  it('answers with nothing, not with an error, for a type that a name does not have', () => {
    expect(answerQuestion(world, `postgres-svc.${base}`, typeNumbers.AAAA)).toMatchObject({
      code: 'NOERROR',
      answers: [],
    })
  })

  it('names ports by SRV records', () => {
    const { answers } = answerQuestion(world, `_sql._tcp.postgres-svc.${base}`, typeNumbers.SRV)
    expect(answers).toMatchObject([{ type: 'SRV', port: 5432, target: `postgres-svc.${base}` }])
    const headless = answerQuestion(world, `_sql._tcp.peers.${base}`, typeNumbers.SRV)
    expect(headless.answers).toMatchObject([{ type: 'SRV', port: 5432, target: `db-0.peers.${base}` }])
  })

  it('turns addresses back into names', () => {
    const { answers } = answerQuestion(world, '19.0.43.127.in-addr.arpa', typeNumbers.PTR)
    expect(answers).toMatchObject([{ type: 'PTR', target: `postgres-svc.${base}` }])
  })
})
