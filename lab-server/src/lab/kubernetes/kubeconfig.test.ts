import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { readKubeconfig, writeKubeconfig } from './kubeconfig.ts'

const config = (cluster: object, user: object) =>
  stringify({
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'taskmaster' } }],
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user: { token: 't', ...user } }],
  })

it('reads what is inline', () => {
  const ca = Buffer.from('CERTIFICATE').toString('base64')
  expect(readKubeconfig(config({ 'certificate-authority-data': ca }, {}))).toEqual({
    server: 'https://10.0.0.1:6443',
    ca: 'CERTIFICATE',
    token: 't',
    clientCertificate: undefined,
    clientKey: undefined,
    namespace: 'taskmaster',
  })
})

it('writes what it can read back', () => {
  const access = { server: 'https://10.0.0.1:6443', ca: 'CERTIFICATE', token: 't', namespace: 'taskmaster' }
  expect(readKubeconfig(writeKubeconfig(access, { cluster: 'taskmaster', user: 'student' }))).toMatchObject(access)
})

describe('refuses what would make this server run or read something', () => {
  const cases: [string, object, object][] = [
    ['exec', {}, { exec: { command: 'sh' } }],
    ['auth-provider', {}, { 'auth-provider': { name: 'gcp' } }],
    ['tokenFile', {}, { tokenFile: '/etc/shadow' }],
    ['client-key', {}, { 'client-key': '/root/key' }],
    ['certificate-authority', { 'certificate-authority': '/etc/ca' }, {}],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': true }, {}],
    ['proxy-url', { 'proxy-url': 'http://proxy' }, {}],
  ]
  for (const [field, cluster, user] of cases) {
    it(field, () => expect(() => readKubeconfig(config(cluster, user))).toThrow(`${field} is refused`))
  }

  it('plain http beyond this machine', () => {
    expect(() => readKubeconfig(config({ server: 'http://10.0.0.1' }, {}))).toThrow('is not https')
  })
})
