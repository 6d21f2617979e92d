import { describe, expect, it } from 'vitest'
import type { KindName } from '../kubernetes/kinds.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import type { Objects } from '../world/world.ts'
import { findRoute } from './ingress-route.ts'
import { proxyFailure, proxyHeaders, proxyPath } from './proxy-request.ts'

const path = (at: string, pathType: string, name: string, port: object = { number: 80 }) => ({
  path: at,
  pathType,
  backend: { service: { name, port } },
})
const ingress = (paths: object[], { host = 'app.local', ingressClassName = 'nginx' } = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'i' },
  spec: { ingressClassName, rules: [{ host, http: { paths } }] },
})
const service = (name: string, isReady = true): KubeObject[] => [
  { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }] } },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
    ports: [{ name: '', port: 8080 }],
    endpoints: [{ addresses: ['10.42.0.1'], conditions: { ready: isReady } }],
  },
]
const world = (...objects: KubeObject[]): Objects => ({
  list: <T extends KubeObject>(kind: KindName) => objects.filter((object) => object.kind === kind) as T[],
  find: <T extends KubeObject>(kind: KindName, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as T | undefined,
})
const ask = (objects: Objects, asked: string, host = 'app.local') =>
  findRoute(objects, { host, path: asked, ingressClass: 'nginx' })

describe('a request', () => {
  const both = [path('/', 'Prefix', 'page'), path('/api', 'Prefix', 'api')]
  const healthy = world(ingress(both), ...service('page'), ...service('api'))

  it.each([
    ['/', 'page'],
    ['/api', 'api'],
    ['/api/tasks', 'api'],
    ['/apix', 'page'],
  ])('for %s goes to %s', (asked, name) => expect(ask(healthy, asked)).toEqual({ service: name, port: '80' }))

  it('for an exact path goes nowhere else', () => {
    const objects = world(ingress([path('/api', 'Exact', 'api')]), ...service('api'))
    expect(ask(objects, '/api')).toEqual({ service: 'api', port: '80' })
    expect(ask(objects, '/api/tasks')).toEqual({ status: 404 })
  })

  it('for another host, or of another class, meets no rule', () => {
    expect(ask(healthy, '/', 'other.local')).toEqual({ status: 404 })
    expect(ask(world(ingress(both, { ingressClassName: 'traefik' }), ...service('page')), '/')).toEqual({ status: 404 })
  })

  it.each([
    ['there is no such Service', []],
    ['nothing of it is ready', service('page', false)],
  ])('is answered 503 when %s', (_when, objects) => {
    expect(ask(world(ingress([path('/', 'Prefix', 'page')]), ...objects), '/')).toEqual({ status: 503 })
  })

  it('is answered 503 when the rule names a port that the Service does not have', () => {
    const objects = world(ingress([path('/', 'Prefix', 'page', { number: 81 })]), ...service('page'))
    expect(ask(objects, '/')).toEqual({ status: 503 })
  })
})

describe('what goes through the API server', () => {
  const target = { namespace: 'taskmaster-x', service: 'api', port: '80' }
  const root = '/api/v1/namespaces/taskmaster-x/services/api:80/proxy'

  it.each([
    ['/api/tasks?limit=1', `${root}/api/tasks?limit=1`],
    ['/../../../../secrets', `${root}/secrets`],
    ['/%2e%2e/secrets', `${root}/secrets`],
    ['/..%2f..%2fsecrets', undefined],
    ['//elsewhere/x', undefined],
    ['http://elsewhere/x', undefined],
    ['/%zz', undefined],
  ])('%s stays below the proxy', (asked, expected) => expect(proxyPath(target, asked)).toBe(expected))

  it('carries no credentials and takes no other identity', () => {
    const headers = { authorization: 'Bearer x', 'Impersonate-User': 'admin', accept: 'text/html', cookie: 'a=b' }
    expect(proxyHeaders(headers)).toEqual({ accept: 'text/html', cookie: 'a=b' })
  })

  it.each([
    ['no endpoints available for service "api"', 503],
    ['error trying to reach service: dial tcp 10.42.0.1:5000: connect: connection refused', 502],
    ['error trying to reach service: dial tcp 10.42.0.1:5000: i/o timeout', 504],
  ])('%s is what an ingress controller calls %d', (message, status) => {
    expect(proxyFailure(503, JSON.stringify({ kind: 'Status', message }))?.status).toBe(status)
  })

  it('leaves the application its own errors', () => {
    expect(proxyFailure(503, '{"status":"unhealthy"}')).toBeUndefined()
  })
})
