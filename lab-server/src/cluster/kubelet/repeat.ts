import type { Clock } from '../clock.ts'

/** Does `work` every `periodMs`, counted from the end of the last time; the result stops it. */
export function repeatEvery(
  clock: Clock,
  periodMs: number,
  { work, onError }: { work(): Promise<unknown>; onError(error: unknown): void },
): () => void {
  let isStopped = false
  const turn = async () => {
    await work().catch(onError)
    if (!isStopped) timer = clock.after(periodMs, () => void turn())
  }
  let timer = clock.after(periodMs, () => void turn())
  return () => {
    isStopped = true
    timer.cancel()
  }
}
