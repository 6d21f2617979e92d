import type { TSchema } from '@sinclair/typebox'
import { Problem } from '../contract/problem.ts'

/** The answers of a route: its own, and the errors that every route can give. */
export function answers(own: Record<number, TSchema>): Record<string | number, TSchema> {
  return { ...own, '4xx': Problem, '5xx': Problem }
}
