import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import type { AttemptEvent } from '../../src/contract/events.ts'
import { asInstructor, eventually, type LabUnderTest, startLabUnderTest, token } from './lab-under-test.ts'

let under: LabUnderTest
beforeEach(async () => {
  under = await startLabUnderTest()
})
afterEach(() => under.stop())

const signIn = async () => {
  const response = await under.app.inject({ method: 'POST', url: '/api/v1/session', payload: { token } })
  return { response, cookie: `lab_session=${response.cookies[0]?.value}` }
}

describe('signing in', () => {
  it('trades the token for a cookie that scripts cannot read and other sites do not send', async () => {
    const { response, cookie } = await signIn()
    expect(response.json()).toEqual({
      role: 'instructor',
      name: 'Instructor',
      cluster: 'embedded',
      isolation: 'shared',
    })
    expect(response.cookies[0]).toMatchObject({ name: 'lab_session', httpOnly: true, sameSite: 'Strict', path: '/' })
    const me = await under.app.inject({ url: '/api/v1/session', headers: { cookie } })
    expect(me.json()).toMatchObject({ role: 'instructor' })
    expect((await under.app.inject({ url: '/api/v1/attempts', headers: { cookie } })).statusCode).toBe(200)
  })

  it('ends with the session', async () => {
    const { cookie } = await signIn()
    expect((await under.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: { cookie } })).statusCode).toBe(
      204,
    )
    expect((await under.app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode).toBe(401)
  })

  it('refuses a wrong token, and soon any token at all', async () => {
    const codes: number[] = []
    for (let tries = 0; tries < 12; tries++) {
      const response = await under.app.inject({ method: 'POST', url: '/api/v1/session', payload: { token: 'wrong' } })
      codes.push(response.statusCode)
    }
    expect(codes[0]).toBe(401)
    expect(codes.at(-1)).toBe(429)
  })
})

describe('authorisation', () => {
  const routes: ['GET' | 'POST' | 'DELETE', string][] = [
    ['GET', '/scenarios'],
    ['GET', '/scenarios/tasks-do-not-load'],
    ['GET', '/attempts'],
    ['POST', '/attempts'],
    ['GET', '/attempts/x'],
    ['DELETE', '/attempts/x'],
    ['GET', '/attempts/x/kubeconfig'],
    ['POST', '/attempts/x/check'],
    ['GET', '/attempts/x/hints'],
    ['POST', '/attempts/x/hints'],
    ['POST', '/attempts/x/reset'],
    ['GET', '/attempts/x/report'],
  ]
  for (const [method, path] of routes) {
    it(`is needed for ${method} ${path}`, async () => {
      for (const headers of [{}, { authorization: 'Bearer nonsense' }, { cookie: 'lab_session=nonsense' }]) {
        const response = await under.app.inject({ method, url: `/api/v1${path}`, headers })
        expect([response.statusCode, response.json().code]).toEqual([401, 'unauthorised'])
      }
    })
  }

  it('refuses changes that another site makes with the cookie', async () => {
    const { cookie } = await signIn()
    const headers = { cookie, origin: 'http://evil.example', host: 'localhost:8080' }
    const response = await under.app.inject({
      method: 'POST',
      url: '/api/v1/attempts',
      headers,
      payload: { scenarioId: 'x' },
    })
    expect([response.statusCode, response.json().code]).toEqual([403, 'forbidden'])
    const fromApp = { ...headers, origin: 'http://abc.app.localhost:8080' }
    expect((await under.app.inject({ method: 'POST', url: '/api/v1/attempts', headers: fromApp })).statusCode).toBe(403)
    const own = { ...headers, origin: 'http://localhost:8080' }
    const allowed = await under.app.inject({
      method: 'POST',
      url: '/api/v1/attempts',
      headers: own,
      payload: { scenarioId: 'x' },
    })
    expect(allowed.json().code).toBe('unknown-scenario')
  })
})

describe('bad input', () => {
  const post = (payload: string | object, headers: object = {}) =>
    under.app.inject({
      method: 'POST',
      url: '/api/v1/attempts',
      headers: { ...asInstructor, 'content-type': 'application/json', ...headers },
      payload,
    })
  const cases: [string, string | object, number, string][] = [
    ['an unknown scenario', { scenarioId: 'no-such' }, 404, 'unknown-scenario'],
    ['no scenario', {}, 400, 'bad-request'],
    ['a number for the scenario', { scenarioId: 7 }, 400, 'bad-request'],
    ['a seed that is text', { scenarioId: 'tasks-do-not-load', seed: 'x' }, 400, 'bad-request'],
    ['a negative seed', { scenarioId: 'tasks-do-not-load', seed: -1 }, 400, 'bad-request'],
    ['an unknown field', { scenarioId: 'tasks-do-not-load', admin: true }, 400, 'bad-request'],
    ['JSON cut short', '{"scenarioId": ', 400, 'bad-request'],
    ['JSON that is no object', '[]', 400, 'bad-request'],
    ['a prototype', '{"scenarioId": "x", "__proto__": {"role": "instructor"}}', 400, 'bad-request'],
    ['nothing', '', 400, 'bad-request'],
    ['a body of 100 kB', { scenarioId: 'x'.repeat(100_000) }, 413, 'payload-too-large'],
  ]
  for (const [what, payload, status, code] of cases) {
    it(`answers ${status} to ${what}`, async () => {
      const response = await post(payload)
      expect([response.statusCode, response.json().code]).toEqual([status, code])
      expect(Object.keys(response.json()).sort()).toEqual(['code', 'message'])
      expect(response.body).not.toContain('at ')
    })
  }

  it('answers 400 to a body that is not JSON', async () => {
    expect((await post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })).json().code).toBe('bad-request')
  })

  it('takes an empty JSON body for none', async () => {
    const headers = { ...asInstructor, 'content-type': 'application/json' }
    const response = await under.app.inject({ method: 'DELETE', url: '/api/v1/attempts/nope', headers })
    expect(response.json().code).toBe('not-found')
  })

  it('answers 404 to an attempt and to a path that are not there', async () => {
    expect(await under.call('GET', '/attempts/nope')).toMatchObject({ status: 404 })
    const response = await under.app.inject({ url: '/api/v2/x' })
    expect([response.statusCode, response.json().code]).toEqual([404, 'not-found'])
  })
})

describe('the pages of whoever runs the lab', () => {
  it('answers health, readiness and metrics without a person', async () => {
    await under.broken('tasks-do-not-load')
    expect((await under.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' })
    expect((await under.app.inject({ url: '/readyz' })).statusCode).toBe(200)
    const metrics = await under.app.inject({ url: '/metrics' })
    expect(metrics.headers['content-type']).toContain('text/plain')
    expect(metrics.body).toContain('lab_attempts{state="broken"} 1')
  })

  it('documents every route of the API in OpenAPI 3.1', async () => {
    const document = (await under.app.inject({ url: '/api/docs/json' })).json()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).sort()).toEqual([
      '/api/v1/attempts',
      '/api/v1/attempts/{id}',
      '/api/v1/attempts/{id}/check',
      '/api/v1/attempts/{id}/hints',
      '/api/v1/attempts/{id}/kubeconfig',
      '/api/v1/attempts/{id}/recording',
      '/api/v1/attempts/{id}/report',
      '/api/v1/attempts/{id}/reset',
      '/api/v1/scenarios',
      '/api/v1/scenarios/{id}',
      '/api/v1/session',
    ])
    expect((await under.app.inject({ url: '/api/docs' })).statusCode).toBeLessThan(400)
  })

  it('sends a policy that keeps foreign scripts out', async () => {
    const policy = String((await under.app.inject({ url: '/healthz' })).headers['content-security-policy'])
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
  })
})

describe('the catalogue', () => {
  it('lists scenarios without their faults', async () => {
    const { json } = await under.call('GET', '/scenarios')
    const found = (json() as { id: string }[]).find(({ id }) => id === 'tasks-do-not-load')
    expect(found).toEqual({
      id: 'tasks-do-not-load',
      title: 'Bring the task list back',
      level: 1,
      minutes: 10,
      tags: ['network', 'api'],
      domains: ['CKAD-NET', 'CKA-NET'],
    })
    const detail = (await under.call('GET', '/scenarios/tasks-do-not-load')).json() as object
    expect(detail).toMatchObject({ hintCosts: [5, 10, 20], solvedByYou: false })
    expect(JSON.stringify(detail)).not.toContain('backend-api')
  })
})

describe('the application of an attempt', () => {
  it('is served on an origin of its own, through the ingress', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const host = `${id}.app.localhost:8080`
    const page = await under.app.inject({ url: '/', headers: { host } })
    expect([page.statusCode, page.body]).toEqual([200, '<h1>TaskMaster</h1>'])
    expect(page.headers['content-security-policy']).toBeUndefined()
    expect((await under.app.inject({ url: '/api/tasks', headers: { host } })).statusCode).toBe(503)
  })

  it('never reaches the routes of the lab', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const headers = { host: `${id}.app.localhost:8080`, ...asInstructor }
    const response = await under.app.inject({ url: '/api/v1/attempts', headers })
    expect(response.statusCode).toBe(503)
    expect(response.body).not.toContain(id)
    const [sandbox] = under.provider.sandboxes.values()
    expect(sandbox?.requests.some((headers) => headers.authorization ?? headers.cookie)).toBe(false)
    const unknown = await under.app.inject({
      url: '/api/v1/attempts',
      headers: { ...asInstructor, host: 'x.app.localhost' },
    })
    expect([unknown.statusCode, unknown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  })
})

describe('the events of an attempt', () => {
  const open = async (path: string, headers: Record<string, string>) => {
    const { port } = under.app.server.address() as AddressInfo
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/v1${path}`, { headers })
    const events: AttemptEvent[] = []
    socket.on('message', (data) => events.push(JSON.parse(String(data))))
    const opened = new Promise<string>((resolve) => {
      socket.once('open', () => resolve('open'))
      socket.once('unexpected-response', (_request, response) => resolve(String(response.statusCode)))
      socket.once('error', () => {})
    })
    return { socket, events, result: await opened }
  }
  beforeEach(async () => {
    await under.app.listen({ port: 0, host: '127.0.0.1' })
  })

  it('begin with the present state and follow every change', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const { socket, events, result } = await open(`/attempts/${id}/events`, asInstructor)
    expect(result).toBe('open')
    await eventually(() => (events.some(({ type }) => type === 'clusterEvents') ? true : undefined))
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual(['attempt', 'checks'])
    const picture = events.find((event) => event.type === 'picture')
    expect(picture?.picture.nodes.find((node) => node.name === 'backend-svc')).toMatchObject({
      tone: 'bad',
      note: 'no endpoints',
    })
    const [sandbox] = under.provider.sandboxes.values()
    sandbox?.edit('services', 'backend-svc', (object) => {
      object.spec = { ...(object.spec as object), selector: { app: 'backend' } }
    })
    await eventually(() =>
      events.some((event) => event.type === 'attempt' && event.attempt.state === 'solved') ? true : undefined,
    )
    expect(events.some((event) => event.type === 'health' && event.health.api.status === 200)).toBe(true)
    socket.close()
  })

  it('serve several pages at once', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const both = await Promise.all([
      open(`/attempts/${id}/events`, asInstructor),
      open(`/attempts/${id}/events`, asInstructor),
    ])
    for (const { events, socket } of both) {
      await eventually(() => (events.length > 0 ? true : undefined))
      socket.close()
    }
  })

  it('refuse other origins and strangers before the handshake ends', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const { cookie } = await signIn()
    const path = `/attempts/${id}/events`
    expect((await open(path, {})).result).toBe('403')
    expect((await open(path, { authorization: 'Bearer nonsense' })).result).toBe('401')
    expect((await open(path, { cookie })).result).toBe('403')
    expect((await open(path, { cookie, origin: 'http://evil.example' })).result).toBe('403')
    const own = await open(path, { cookie, origin: 'http://localhost:8080' })
    expect(own.result).toBe('open')
    own.socket.close()
    expect((await open('/attempts/nope/events', asInstructor)).result).toBe('404')
    const host = `${id}.app.localhost:8080`
    expect((await open(path, { ...asInstructor, host })).result).toBe('501')
    expect((await open('/attempts/nope/terminal', asInstructor)).result).toBe('404')
  })
})
