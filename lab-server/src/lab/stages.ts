// The named steps of a preparation, shown to the student while they wait.
import type { Stage } from '../contract/attempts.ts'

/** The steps in their order, with what each usually takes until this machine has shown otherwise. */
export const stageList = [
  { id: 'cluster', title: 'Start a cluster', usualMs: 1_000 },
  { id: 'database', title: 'Start the database', usualMs: 2_500 },
  { id: 'backend', title: 'Start the backend', usualMs: 6_000 },
  { id: 'frontend', title: 'Start the frontend', usualMs: 1_000 },
  { id: 'baseline', title: 'Record the healthy state', usualMs: 300 },
  { id: 'fault', title: 'Break it', usualMs: 3_000 },
] as const

export type StageId = (typeof stageList)[number]['id']

/** All stages, waiting, with the durations learned so far. */
export function newStages(learned: Record<string, number> = {}): Stage[] {
  return stageList.map(({ id, title, usualMs }) => ({
    id,
    title,
    state: 'waiting',
    usualMs: Math.round(learned[id] ?? usualMs),
    startedAt: null,
    endedAt: null,
  }))
}

/** Stages after one has begun: those before it are done. */
export function stageBegun(stages: readonly Stage[], id: StageId, now: Date): Stage[] {
  const index = stages.findIndex((stage) => stage.id === id)
  const at = now.toISOString()
  return stages.map((stage, position) => {
    if (position < index && stage.state !== 'done') {
      return { ...stage, state: 'done', startedAt: stage.startedAt ?? at, endedAt: stage.endedAt ?? at }
    }
    if (position === index) return { ...stage, state: 'running', startedAt: at, endedAt: null }
    return stage
  })
}

/** Stages after the running one has ended, well or not. */
export function stageEnded(stages: readonly Stage[], state: 'done' | 'failed', now: Date): Stage[] {
  return stages.map((stage) => (stage.state === 'running' ? { ...stage, state, endedAt: now.toISOString() } : stage))
}
