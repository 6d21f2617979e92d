// The fake cluster's ingress and the application behind it: tasks in memory, as the real backend answers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { EndpointSlice, Ingress } from '../../../src/lab/kubernetes/objects.ts'
import type { FakeStore } from './fake-store.ts'

interface Row {
  id: number
  title: string
  description: string
  status: string
  created_at: string
}

/** An ingress controller that knows hosts, prefixes and ready endpoints. */
export function makeFakeIngress(store: FakeStore, onRequest: (request: IncomingMessage) => void): Server {
  const tasks: Row[] = ['Setup', 'Deploy', 'Start'].map((title, index) => ({
    id: index + 1,
    title,
    description: '',
    status: 'pending',
    created_at: 'then',
  }))
  let nextId = 4
  return createServer(async (request, response) => {
    onRequest(request)
    const url = request.url ?? '/'
    const service = serviceFor(store, request.headers.host ?? '', url)
    if (!service) return send(response, 404, 'default backend - 404')
    if (!hasReady(store, service)) return send(response, 503, 'Service Temporarily Unavailable')
    if (service === 'frontend-svc') return send(response, 200, '<h1>TaskMaster</h1>')
    const hasDatabase = hasReady(store, 'postgres-svc')
    if (url === '/api/health') {
      const health = {
        status: hasDatabase ? 'healthy' : 'unhealthy',
        database: hasDatabase ? 'connected' : 'disconnected',
      }
      return send(response, hasDatabase ? 200 : 503, health)
    }
    const id = Number(/^\/api\/tasks\/(\d+)$/.exec(url)?.[1])
    const body = await readJson(request)
    if (request.method === 'POST') {
      const row = { description: '', status: 'pending', ...body, id: nextId++, created_at: 'now' } as Row
      tasks.push(row)
      return send(response, 201, row)
    }
    const index = tasks.findIndex((task) => task.id === id)
    if (request.method === 'PUT' && index >= 0) {
      Object.assign(tasks[index] as Row, body)
      return send(response, 200, { message: 'Task updated successfully' })
    }
    if (request.method === 'DELETE' && index >= 0) {
      tasks.splice(index, 1)
      return send(response, 200, { message: 'Task deleted successfully' })
    }
    if (url === '/api/tasks') return send(response, 200, { tasks, count: tasks.length })
    return send(response, 404, { error: 'Not found' })
  })
}

function serviceFor(store: FakeStore, host: string, path: string): string | undefined {
  const rules = (store.list('ingresses') as Ingress[]).flatMap((ingress) => ingress.spec.rules ?? [])
  const paths = rules.filter((rule) => rule.host === host).flatMap((rule) => rule.http?.paths ?? [])
  const matching = paths.filter((candidate) => path.startsWith(candidate.path ?? '/'))
  return matching.sort((a, b) => (b.path ?? '').length - (a.path ?? '').length)[0]?.backend.service?.name
}

function hasReady(store: FakeStore, service: string): boolean {
  const slices = store.list('endpointslices') as EndpointSlice[]
  return slices.some(
    (slice) =>
      slice.metadata.labels?.['kubernetes.io/service-name'] === service &&
      slice.endpoints?.some((endpoint) => endpoint.conditions?.ready),
  )
}

async function readJson(request: IncomingMessage): Promise<object> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text ? JSON.parse(text) : {}
}

function send(response: ServerResponse, status: number, body: object | string): void {
  const isJson = typeof body === 'object'
  response.writeHead(status, { 'content-type': isJson ? 'application/json' : 'text/html' })
  response.end(isJson ? JSON.stringify(body) : body)
}
