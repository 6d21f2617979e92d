// What the lab needs of its store; store/ implements it on PostgreSQL.
import type { TimelineEntry } from '../contract/attempts.ts'
import type { AttemptRecord, HealthSample } from './attempt-record.ts'

export interface AttemptStore {
  /** Creates or replaces the attempt, its timeline and health aside. */
  save(record: AttemptRecord): Promise<void>
  appendTimeline(attemptId: string, entry: TimelineEntry): Promise<void>
  appendHealth(attemptId: string, sample: HealthSample): Promise<void>
  /** Forgets timeline and health, as a reset does. */
  clearHistory(attemptId: string): Promise<void>
  find(attemptId: string): Promise<AttemptRecord | undefined>
  /** Attempts that had not ended: the server resumes them after a restart. */
  loadOpen(): Promise<AttemptRecord[]>
  /** The newest first; of one owner, or of all. Without baseline, objects, timeline and health. */
  list(owner?: string, limit?: number): Promise<AttemptRecord[]>
  /** Whether this owner ever solved the scenario. */
  solvedScenarios(owner: string): Promise<string[]>
  /** The usual duration of each stage in milliseconds: the median of the last ones. */
  stageDurations(): Promise<Record<string, number>>
  saveStageDuration(stage: string, milliseconds: number): Promise<void>
}

/** A store that forgets at the end of the process: for tests and the author's proof. */
export function makeMemoryStore(): AttemptStore {
  const records = new Map<string, AttemptRecord>()
  const durations = new Map<string, number[]>()
  const copyOf = (record: AttemptRecord) => structuredClone(record)
  const newest = () => [...records.values()].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  return {
    async save(record) {
      const { timeline = [], health = [] } = records.get(record.id) ?? {}
      records.set(record.id, copyOf({ ...record, timeline, health }))
    },
    async appendTimeline(id, entry) {
      records.get(id)?.timeline.push(entry)
    },
    async appendHealth(id, sample) {
      records.get(id)?.health.push(sample)
    },
    async clearHistory(id) {
      const record = records.get(id)
      if (record) Object.assign(record, { timeline: [], health: [] })
    },
    async find(id) {
      const record = records.get(id)
      return record && copyOf(record)
    },
    loadOpen: async () =>
      newest()
        .filter((record) => record.endedAt === null)
        .map(copyOf),
    list: async (owner, limit = 200) =>
      newest()
        .filter((record) => owner === undefined || record.owner === owner)
        .slice(0, limit)
        .map(copyOf),
    solvedScenarios: async (owner) => [
      ...new Set(
        newest()
          .filter((record) => record.owner === owner && record.solvedAt)
          .map((record) => record.scenarioId),
      ),
    ],
    stageDurations: async () => Object.fromEntries([...durations].map(([stage, values]) => [stage, median(values)])),
    async saveStageDuration(stage, milliseconds) {
      durations.set(stage, [...(durations.get(stage) ?? []), milliseconds].slice(-20))
    },
  }
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
