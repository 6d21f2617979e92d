import { describe, expect, it } from 'vitest'
import type { EndpointSlice, Ingress, IngressClass, Service } from '../../objects/types.ts'
import { makeIngress, makeService, makeSlice } from '../testing/objects.ts'
import { findComplaints } from './complaints.ts'
import { type IngressWorld, planIngress } from './plan-ingress.ts'

const services: Service[] = [
  makeService('backend-svc', { clusterIP: '127.43.0.20', ports: [{ name: 'http', port: 5000 }] }),
  makeService('frontend-svc', { clusterIP: '127.43.0.21', ports: [{ port: 80 }] }),
  makeService('empty-svc', { clusterIP: '127.43.0.22', ports: [{ port: 80 }] }),
]
const slices: EndpointSlice[] = [
  makeSlice('backend-svc', 5000, ['127.42.0.2', '127.42.0.3'], 'http'),
  makeSlice('frontend-svc', 80, ['127.42.0.4']),
]
const paths = [
  { path: '/api', service: 'backend-svc', port: 5000 },
  { path: '/', service: 'frontend-svc', port: 80 },
]

function world(ingresses: Ingress[], classes: IngressClass[] = []): IngressWorld {
  return {
    ingresses: () => ingresses,
    ingressClasses: () => classes,
    findService: (_namespace, name) => services.find(({ metadata }) => metadata.name === name),
    slicesOf: (_namespace, name) =>
      slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name),
  }
}
const plan = (ingresses: Ingress[], target: string, host = 'taskmaster.local') =>
  planIngress(world(ingresses), { host, target })
const upstreamOf = (ingresses: Ingress[], target: string, host?: string) => {
  const made = plan(ingresses, target, host)
  return made.kind === 'redirect' ? made.location : made.upstream
}

describe('planIngress', () => {
  const healthy = [makeIngress('taskmaster-ingress', 'taskmaster.local', paths)]

  it('sends the API to the backend and the rest to the frontend', () => {
    expect(plan(healthy, '/api/tasks?limit=1')).toMatchObject({
      kind: 'forward',
      path: '/api/tasks?limit=1',
      endpoints: [
        { ip: '127.42.0.2', port: 5000 },
        { ip: '127.42.0.3', port: 5000 },
      ],
    })
    expect(upstreamOf(healthy, '/apis')).toBe('taskmaster-frontend-svc-80')
    expect(upstreamOf(healthy, '/')).toBe('taskmaster-frontend-svc-80')
  })

  it('ignores case and port of the host', () => {
    expect(upstreamOf(healthy, '/api', 'TaskMaster.Local:8080')).toBe('taskmaster-backend-svc-5000')
  })

  it('answers 404 for a host without a rule and for an Ingress of another class', () => {
    expect(plan(healthy, '/', 'taskmaster.locl')).toMatchObject({ kind: 'page', status: 404 })
    const foreign = [makeIngress('taskmaster-ingress', 'taskmaster.local', paths, {}, 'traefik-internal')]
    expect(plan(foreign, '/')).toMatchObject({ kind: 'page', status: 404 })
  })

  it('serves a class of another name when this controller implements it', () => {
    const ingress = makeIngress('one', 'taskmaster.local', paths, {}, 'internal')
    const internal: IngressClass = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'internal' },
      spec: { controller: 'k8s.io/ingress-nginx' },
    }
    expect(planIngress(world([ingress], [internal]), { host: 'taskmaster.local', target: '/' }).kind).toBe('forward')
  })

  it.each([
    ['a service that does not exist', 'backend-service', 5000],
    ['a port that the service does not have', 'backend-svc', 8080],
    ['a service without endpoints', 'empty-svc', 80],
  ])('answers 503 for %s, and says so in its log', (_what, service, port) => {
    const ingress = [makeIngress('one', 'taskmaster.local', [{ path: '/', service, port }])]
    expect(plan(ingress, '/')).toMatchObject({ kind: 'page', status: 503 })
    const complaints = findComplaints({ ...world(ingress), hasSecret: () => false })
    const key = `taskmaster/${service}`
    const missing = `W controller.go] Error obtaining Endpoints for Service "${key}": no object matching key "${key}" in local store`
    const idle = `W controller.go] Service "${key}" does not have any active Endpoint.`
    expect(complaints).toEqual([service === 'backend-service' ? missing : idle])
  })

  it('has nothing to complain about while all is well', () => {
    expect(findComplaints({ ...world(healthy), hasSecret: () => false })).toEqual([])
  })

  it('sends plain requests to HTTPS only where there is a certificate', () => {
    const [ingress = makeIngress('x', '', [])] = healthy
    const secure = {
      ...ingress,
      spec: { ...ingress.spec, tls: [{ hosts: ['taskmaster.local'], secretName: 'taskmaster-tls' }] },
    }
    const request = { host: 'taskmaster.local', target: '/api/tasks' }
    expect(planIngress(world([secure]), request).kind).toBe('forward')
    const certified = { ...world([secure]), hasCertificate: () => true }
    expect(planIngress(certified, request)).toEqual({
      kind: 'redirect',
      status: 308,
      location: 'https://taskmaster.local/api/tasks',
    })
    expect(planIngress(certified, { ...request, scheme: 'https' }).kind).toBe('forward')
    expect(findComplaints({ ...world([secure]), hasSecret: () => false })[0]).toContain(
      'Error getting SSL certificate "taskmaster/taskmaster-tls"',
    )
  })

  it('finds a port by its name', () => {
    const ingress = [makeIngress('one', 'taskmaster.local', [{ path: '/', service: 'backend-svc', port: 'http' }])]
    expect(plan(ingress, '/')).toMatchObject({ kind: 'forward', upstream: 'taskmaster-backend-svc-http' })
  })

  it('lets an exact path cover only itself', () => {
    const exact = [
      makeIngress('one', 'taskmaster.local', [
        { ...paths[0], pathType: 'Exact' } as (typeof paths)[0],
        ...paths.slice(1),
      ]),
    ]
    expect(upstreamOf(exact, '/api')).toBe('taskmaster-backend-svc-5000')
    expect(upstreamOf(exact, '/api/tasks')).toBe('taskmaster-frontend-svc-80')
  })

  it('prefers a host to a wildcard, and a wildcard to the catch-all', () => {
    const one = (name: string, host: string | undefined, service: string, port: number) =>
      makeIngress(name, host, [{ path: '/', service, port }])
    const all = [
      one('all', undefined, 'empty-svc', 80),
      one('wild', '*.local', 'frontend-svc', 80),
      one('exact', 'taskmaster.local', 'backend-svc', 5000),
    ]
    expect(upstreamOf(all, '/')).toBe('taskmaster-backend-svc-5000')
    expect(upstreamOf(all, '/', 'other.local')).toBe('taskmaster-frontend-svc-80')
    expect(upstreamOf(all, '/', 'a.b.local')).toBe('taskmaster-empty-svc-80')
  })

  it('rewrites every path of the host when the Ingress says so', () => {
    const annotations = { 'nginx.ingress.kubernetes.io/rewrite-target': '/' }
    const rewriting = [makeIngress('one', 'taskmaster.local', paths, annotations)]
    expect(plan(rewriting, '/api/tasks')).toMatchObject({ path: '/', upstream: 'taskmaster-backend-svc-5000' })
    const capturing = [
      makeIngress('one', 'taskmaster.local', [{ path: '/v1(/|$)(.*)', service: 'backend-svc', port: 5000 }], {
        'nginx.ingress.kubernetes.io/rewrite-target': '/api/$2',
      }),
    ]
    expect(plan(capturing, '/v1/tasks?x=1')).toMatchObject({ path: '/api/tasks?x=1' })
  })

  it('reads the body limit as nginx does', () => {
    const limited = (value: string) =>
      plan(
        [makeIngress('one', 'taskmaster.local', paths, { 'nginx.ingress.kubernetes.io/proxy-body-size': value })],
        '/api',
      )
    expect(limited('1')).toMatchObject({ options: { bodyLimitBytes: 1 } })
    expect(limited('8m')).toMatchObject({ options: { bodyLimitBytes: 8 * 1024 * 1024 } })
    expect(limited('0')).toMatchObject({ options: { bodyLimitBytes: 0 } })
    expect(limited('much')).toMatchObject({ options: { bodyLimitBytes: 1024 * 1024 } })
  })

  it('does not let dot segments lead out of a path', () => {
    expect(upstreamOf(healthy, '/x/../api/tasks')).toBe('taskmaster-backend-svc-5000')
    expect(upstreamOf(healthy, '//api//tasks')).toBe('taskmaster-backend-svc-5000')
  })
})
