// Keeps a replay in step with its recording on a machine that is busier than the recorded one was.
import type { PacedClock } from './paced-clock.ts'

/** What a call of kubectl took on the machine of the recordings, about. */
const momentMs = 80
/** A busy machine starts processes slowly too, but a recording is to end some day. */
const slowestPass = 0.4

/** Sets the pace of a cluster's clock to what a replay is doing. */
export interface Pacer {
  /** Runs something that took a moment when it was recorded. */
  moment<T>(work: () => Promise<T>): Promise<T>
  /** Runs something that began as soon as everything else and then took time in the cluster. */
  begin<T>(work: () => Promise<T>): Promise<T>
  /** Lets time pass, `pace` times as fast as life if the machine is quiet. */
  pass(pace: number): void
}

/** Makes a pacer, which learns from each moment how busy the machine is. */
export function makePacer(clock: PacedClock): Pacer {
  let momentPace = 1
  return {
    async moment(work) {
      const startedAt = performance.now()
      clock.setPace(momentPace)
      const result = await work()
      momentPace = Math.min(1, momentMs / (performance.now() - startedAt))
      return result
    },
    async begin(work) {
      clock.setPace(momentPace)
      const start = clock.after(momentMs, () => clock.setPace(Math.max(momentPace, slowestPass)))
      return work().finally(() => start.cancel())
    },
    pass: (pace) => clock.setPace(Math.max(pace * momentPace, slowestPass)),
  }
}
