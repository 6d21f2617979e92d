// Starting, reading, checking, resetting and ending attempts.
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { Attempt, Hints, Report, StartAttempt } from '../contract/attempts.ts'
import type { Lab } from '../lab/lab.ts'
import { personOf } from '../plugins/auth.ts'
import { answers } from './routes.ts'

const tags = ['attempts']
const params = Type.Object({ id: Type.String({ maxLength: 64 }) })
const one = (summary: string, response = answers({ 200: Attempt })) => ({ tags, summary, params, response })
const started = { tags, summary: 'Start a scenario', body: StartAttempt, response: answers({ 201: Attempt }) }
const listed = { tags, summary: 'Your attempts, the newest first', response: answers({ 200: Type.Array(Attempt) }) }
type ById = { Params: { id: string } }

/** Attempts over HTTP: no rule of the lab is here. */
export const attemptRoutes: FastifyPluginAsync<{ lab: Lab }> = async (app, { lab }) => {
  app.post<{ Body: StartAttempt }>('/attempts', { schema: started }, async (request, reply) => {
    const attempt = await lab.start(personOf(request), request.body)
    return reply.code(201).header('location', `/api/v1/attempts/${attempt.id}`).send(attempt)
  })

  app.get('/attempts', { schema: listed }, (request) => lab.list(personOf(request)))

  app.get<ById>('/attempts/:id', { schema: one('One attempt') }, (request) =>
    lab.get(personOf(request), request.params.id),
  )

  app.get<ById>(
    '/attempts/:id/kubeconfig',
    { schema: one("The student's kubeconfig", answers({ 200: Type.String() })) },
    async (request, reply) => {
      const kubeconfig = await lab.kubeconfig(personOf(request), request.params.id)
      return reply.type('application/yaml').header('cache-control', 'no-store').send(kubeconfig)
    },
  )

  app.post<ById>('/attempts/:id/check', { schema: one('Evaluate everything now') }, (request) =>
    lab.check(personOf(request), request.params.id),
  )

  app.get<ById>('/attempts/:id/hints', { schema: one('Hints revealed so far', answers({ 200: Hints })) }, (request) =>
    lab.hints(personOf(request), request.params.id),
  )

  app.post<ById>('/attempts/:id/hints', { schema: one('Reveal the next hint', answers({ 200: Hints })) }, (request) =>
    lab.revealHint(personOf(request), request.params.id),
  )

  app.post<ById>('/attempts/:id/reset', { schema: one('Healthy again, then broken again') }, (request) =>
    lab.reset(personOf(request), request.params.id),
  )

  app.get<ById>('/attempts/:id/report', { schema: one('The report', answers({ 200: Report })) }, (request) =>
    lab.report(personOf(request), request.params.id),
  )

  app.delete<ById>(
    '/attempts/:id',
    { schema: one('End the attempt and everything it runs', answers({ 204: Type.Null() })) },
    async (request, reply) => {
      await lab.end(personOf(request), request.params.id)
      return reply.code(204).send()
    },
  )
}
