import { expect, it } from 'vitest'
import { makePathTranslator } from './host-paths.ts'

const translate = makePathTranslator([
  ['/tmp/net/sockets/pg-1', '/var/run/postgresql'],
  ['/data/containers/abc', ''],
  ['/data/host/opt/pvc-1', '/var/lib/postgresql/data'],
])
const say = (text: string) => translate(Buffer.from(text)).toString()

it.each([
  [
    'listening on Unix socket "/tmp/net/sockets/pg-1/.s.PGSQL.5432"',
    'listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"',
  ],
  ['data directory "/data/host/opt/pvc-1" is not empty', 'data directory "/var/lib/postgresql/data" is not empty'],
  ['cannot open /data/containers/abc/etc/x: in /data/containers/abc', 'cannot open /etc/x: in /'],
  ['/data/host/opt/pvc-12 and /data/host/opt/pvc-1.old', '/data/host/opt/pvc-12 and /data/host/opt/pvc-1.old'],
])('tells %s in the words of the container', (said, expected) => {
  expect(say(said)).toBe(expected)
})

it('leaves every other byte as it is', () => {
  const odd = Buffer.from([0xff, 0x00, 0xc3, 0x28, ...Buffer.from('ä/data/containers/abc/é'), 0xfe])
  expect(translate(odd)).toEqual(Buffer.from([0xff, 0x00, 0xc3, 0x28, ...Buffer.from('ä/é'), 0xfe]))
  const plain = Buffer.from('nothing to see')
  expect(translate(plain)).toBe(plain)
})
