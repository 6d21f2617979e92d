import { describe, expect, it } from 'vitest'
import type { Pod, PodSpec } from '../objects/types.ts'
import { hostsFile, podHostname, resolvConf } from './pod-files.ts'

const pod = (spec: Partial<PodSpec>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-0', namespace: 'shop' },
  spec: { containers: [], ...spec },
})
const dns = { clusterDns: '10.43.0.10', nodeDns: '10.99.0.1' }

describe('resolv.conf', () => {
  const cases: [string, Partial<PodSpec>, string][] = [
    [
      'ClusterFirst',
      {},
      'search shop.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.43.0.10\noptions ndots:5\n',
    ],
    ['Default', { dnsPolicy: 'Default' }, 'nameserver 10.99.0.1\n'],
    ['ClusterFirst on the host network', { hostNetwork: true }, 'nameserver 10.99.0.1\n'],
    [
      'None with its own settings',
      { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.2.3.4'], searches: ['a.b'] } },
      'search a.b\nnameserver 1.2.3.4\n',
    ],
    [
      'ClusterFirst with additions',
      { dnsConfig: { searches: ['corp.example'], options: [{ name: 'ndots', value: '1' }, { name: 'edns0' }] } },
      'search shop.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 10.43.0.10\noptions ndots:1 edns0\n',
    ],
  ]
  it.each(cases)('%s', (_what, spec, expected) => {
    expect(resolvConf(pod(spec), dns)).toBe(expected)
  })
})

describe('/etc/hosts', () => {
  it('names the pod, and what it aliases', () => {
    const text = hostsFile(pod({ hostAliases: [{ ip: '10.0.0.9', hostnames: ['db', 'db.corp'] }] }), '10.42.0.5')
    expect(text).toContain('\n10.42.0.5\tweb-0\n')
    expect(text).toMatch(/\n\n# Entries added by HostAliases\.\n10\.0\.0\.9\tdb\tdb\.corp\n$/)
  })

  it('has the full name of a pod with a subdomain', () => {
    const text = hostsFile(pod({ hostname: 'db-0', subdomain: 'db' }), '10.42.0.5')
    expect(text).toContain('10.42.0.5\tdb-0.db.shop.svc.cluster.local\tdb-0\n')
  })
})

it('cuts host names to what Linux allows', () => {
  const name = `${'a'.repeat(62)}-b`
  expect(podHostname({ ...pod({}), metadata: { name } })).toBe('a'.repeat(62))
})
