// Where the lab is killed: at a request that it makes of the cluster, just before it arrives or just after it was done.
import type { IncomingMessage } from 'node:http'

/** `grading` is that of a broken application, `judging` that of a repaired one. */
export type Phase = 'preparing' | 'injecting' | 'grading' | 'judging' | 'resetting' | 'deleting'

export interface KillPoint {
  phase: Phase
  name: string
  isHit(request: IncomingMessage): boolean
}

const point = (phase: Phase, name: string, method: string, path: RegExp, contentType?: string): KillPoint => ({
  phase,
  name,
  isHit: (request) =>
    request.method === method &&
    path.test(request.url ?? '') &&
    (contentType === undefined || request.headers['content-type'] === contentType),
})

const jsonPatch = 'application/json-patch+json'
const usersPath = /\/services\/[^/]+\/proxy/

/** Every point, by what is asked there. */
export const killPoints: readonly KillPoint[] = [
  point('preparing', 'the namespace is made', 'POST', /^\/api\/v1\/namespaces\?/),
  point('preparing', 'the quota is set', 'PATCH', /\/resourcequotas\//),
  point('preparing', 'the account is made', 'PATCH', /taskmaster-lab-students\/serviceaccounts\//),
  point('preparing', 'the rights are bound', 'PATCH', /\/rolebindings\//),
  point('preparing', 'a token is asked for', 'POST', /\/token$/),
  point('preparing', 'the database is deployed', 'PATCH', /\/deployments\/postgres/),
  point('preparing', 'the frontend is deployed', 'PATCH', /\/deployments\/frontend/),
  point('preparing', 'a task is written', 'POST', usersPath),
  point('injecting', 'the fault is patched in', 'PATCH', /\/services\/backend-svc/, jsonPatch),
  point('injecting', 'the fault is looked at', 'GET', usersPath),
  point('grading', 'the page is asked for', 'GET', /\/services\/[^/]*frontend[^/]*\/proxy/),
  point('judging', 'the page is asked for', 'GET', /\/services\/[^/]*frontend[^/]*\/proxy/),
  point('judging', 'the tasks are asked for', 'GET', /\/services\/[^/]*backend[^/]*\/proxy\/api\/tasks/),
  point('judging', 'the health is asked for', 'GET', /\/services\/[^/]*backend[^/]*\/proxy\/api\/health/),
  point('resetting', 'the Service is put back', 'PATCH', /\/services\/backend-svc/),
  point('resetting', 'the fault is patched in again', 'PATCH', /\/services\/backend-svc/, jsonPatch),
  point('deleting', 'the account is ended', 'DELETE', /taskmaster-lab-students\/serviceaccounts\//),
  point('deleting', 'the namespace is deleted', 'DELETE', /^\/api\/v1\/namespaces\/[^/]+$/),
  point('deleting', 'its pods are hurried', 'DELETE', /\/pods$/),
  point('deleting', 'its end is waited for', 'GET', /^\/api\/v1\/namespaces\?watch/),
]
