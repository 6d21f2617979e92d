import { expect, test } from 'vitest'
import { type AnyObject, changeProblems, problems } from '../testing/problems.ts'
import type { KubeObject } from '../types.ts'

const policyProblems = (rule: object) => problems('NetworkPolicy', { spec: { podSelector: {}, ingress: [rule] } })

test.each([
  [
    { ports: [{ protocol: 'HTTP', port: 80, endPort: 70 }] },
    [
      'spec.ingress[0].ports[0].protocol: Unsupported value: "HTTP": supported values: "TCP", "UDP", "SCTP"',
      'spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ],
  ],
  [
    { ports: [{ port: 'web', endPort: 90 }, { endPort: 90 }] },
    [
      'spec.ingress[0].ports[0].endPort: Invalid value: 90: may not be specified when `port` is non-numeric',
      'spec.ingress[0].ports[1].endPort: Invalid value: 90: may not be specified when `port` is not specified',
    ],
  ],
  [{ from: [{}] }, ['spec.ingress[0].from[0]: Required value: must specify a peer']],
  [
    { from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8', '11.0.0.0/9'] } }] },
    [
      'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: "11.0.0.0/9": must be a strict subset of `cidr`',
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
  ],
  [
    { from: [{ ipBlock: { cidr: '10.0.0.5/24' } }, { ipBlock: { cidr: '2001:db8::1/64' } }] },
    [
      'spec.ingress[0].from[0].ipBlock.cidr: Invalid value: "10.0.0.5/24": must not have bits set beyond the prefix length',
      'spec.ingress[0].from[1].ipBlock.cidr: Invalid value: "2001:db8::1/64": must not have bits set beyond the prefix length',
    ],
  ],
])('a NetworkPolicy with %j is refused', (rule, expected) => {
  expect(policyProblems(rule)).toEqual(expected)
})

test('a NetworkPolicy keeps a range that it has had', () => {
  const old = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'x' },
    spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.5/24' } }] }] },
  } as unknown as KubeObject
  const change = (object: AnyObject) => object.spec.ingress[0].from.push({ ipBlock: { cidr: '10.1.0.5/24' } })
  expect(changeProblems(old, change)).toEqual([
    'spec.ingress[0].from[1].ipBlock.cidr: Invalid value: "10.1.0.5/24": must not have bits set beyond the prefix length',
  ])
})

test('a NetworkPolicy has known types, at most one of each', () => {
  expect(problems('NetworkPolicy', { spec: { podSelector: {}, policyTypes: ['In'] } })).toEqual([
    'spec.policyTypes[0]: Unsupported value: "In": supported values: "Ingress", "Egress"',
  ])
  expect(
    problems('NetworkPolicy', { spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress', 'Ingress'] } }),
  ).toEqual(['spec.policyTypes: Too many: 3: must have at most 2 items'])
})

test.each([
  [{}, ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified']],
  [
    { defaultBackend: { resource: { apiGroup: 'k8s.example.com', kind: '', name: 'a/b' } } },
    [
      'spec.defaultBackend.resource.kind: Required value',
      'spec.defaultBackend.resource.name: Invalid value: "a/b": may not contain \'/\'',
    ],
  ],
  [
    { defaultBackend: { service: { name: 'a', port: { number: 80 } } }, tls: [{ hosts: ['a_b'], secretName: 'A' }] },
    [
      "spec.tls[0].hosts[0]: Invalid value: \"a_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
      "spec.tls[0].secretName: Invalid value: \"A\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
    ],
  ],
])('an Ingress with %j is refused', (spec, expected) => {
  expect(problems('Ingress', { spec })).toEqual(expected)
})

test('an IngressClass names a controller with its domain', () => {
  expect(
    problems('IngressClass', {
      spec: { controller: 'nginx', parameters: { kind: 'A', name: 'b', scope: 'Namespace' } },
    }),
  ).toEqual([
    'spec.controller: Invalid value: "nginx": must be a domain-prefixed path (such as "acme.io/foo")',
    "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
  ])
})
