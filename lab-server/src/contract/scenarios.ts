// The catalogue as the browser sees it.
import { type Static, Type } from '@sinclair/typebox'

export const ScenarioSummary = Type.Object({
  id: Type.String(),
  title: Type.String(),
  level: Type.Integer({ minimum: 1, maximum: 5 }),
  minutes: Type.Integer(),
  tags: Type.Array(Type.String()),
  domains: Type.Array(Type.String()),
})
export type ScenarioSummary = Static<typeof ScenarioSummary>

/** `GET /api/v1/scenarios/:id`: the summary with the brief, for a preview without starting anything. */
export const ScenarioDetail = Type.Intersect([
  ScenarioSummary,
  Type.Object({
    brief: Type.String(),
    hintCosts: Type.Array(Type.Integer()),
    solvedByYou: Type.Boolean(),
  }),
])
export type ScenarioDetail = Static<typeof ScenarioDetail>
