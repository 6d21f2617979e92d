// Keeps the student's token alive as long as the attempt: a new one when half of the old one's life is over.
import { readKubeconfig } from './kubernetes/kubeconfig.ts'
import { renewalTime } from './student-token.ts'

export interface TokenRenewalOptions {
  /** The kubeconfig that the student has now. */
  current(): string | null
  renew(): Promise<string>
  onKubeconfig(kubeconfig: string): void
  onProblem(error: unknown): void
  now?(): number
}

/** Looked at by the clock on the wall, so that a machine that slept renews when it wakes. */
const lookMs = 30_000

/** Whether the token in a kubeconfig is due to be replaced. */
export function isRenewalDue(kubeconfig: string, nowMs: number): boolean {
  const due = renewalTime(readKubeconfig(kubeconfig).token ?? '')
  return due !== undefined && nowMs >= due
}

/** Starts to look; returns how to stop. */
export function startTokenRenewal(options: TokenRenewalOptions): () => void {
  const now = options.now ?? Date.now
  let isBusy = false
  let isStopped = false
  const look = async () => {
    const kubeconfig = options.current()
    if (isBusy || isStopped || !kubeconfig || !isRenewalDue(kubeconfig, now())) return
    isBusy = true
    try {
      const renewed = await options.renew()
      if (!isStopped) options.onKubeconfig(renewed)
    } catch (error) {
      // The old token lives on for as long again: the next look tries once more.
      if (!isStopped) options.onProblem(error)
    } finally {
      isBusy = false
    }
  }
  const timer = setInterval(() => void look(), lookMs)
  timer.unref()
  void look()
  return () => {
    isStopped = true
    clearInterval(timer)
  }
}
