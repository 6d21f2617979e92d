// The catalogue.
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import { ScenarioDetail, ScenarioSummary } from '../contract/scenarios.ts'
import type { Lab } from '../lab/lab.ts'
import { personOf } from '../plugins/auth.ts'
import { answers } from './routes.ts'

const tags = ['scenarios']
const listed = { tags, summary: 'All scenarios', response: answers({ 200: Type.Array(ScenarioSummary) }) }
const one = {
  tags,
  summary: 'One scenario with its brief',
  params: Type.Object({ id: Type.String({ maxLength: 100 }) }),
  response: answers({ 200: ScenarioDetail }),
}

/** Reading the catalogue. */
export const scenarioRoutes: FastifyPluginAsync<{ lab: Lab }> = async (app, { lab }) => {
  app.get('/scenarios', { schema: listed }, async () => lab.scenarios())

  app.get<{ Params: { id: string } }>('/scenarios/:id', { schema: one }, (request) =>
    lab.scenario(request.params.id, personOf(request)),
  )
}
