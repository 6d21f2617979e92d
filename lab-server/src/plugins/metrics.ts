import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Lab } from '../lab/lab.ts'

/** `GET /metrics` in Prometheus text: this process, the requests, and the attempts. */
export function installMetrics(app: FastifyInstance, lab: Lab): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'lab_http_request_duration_seconds',
    help: 'How long requests took, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'lab_attempts',
    help: 'Running attempts by state.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(lab.counts())) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'lab_warm_sandboxes',
    help: 'Healthy sandboxes that wait for an attempt.',
    registers: [registry],
    collect() {
      this.set(lab.warmSandboxes())
    },
  })
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      // The pattern, never the URL: attempt ids would make a series each.
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    }
    duration.observe(labels, reply.elapsedTime / 1000)
  })
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
