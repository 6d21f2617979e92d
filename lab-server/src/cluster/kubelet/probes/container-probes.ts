// The probes of one running container: when they check, what their verdicts change.
import type { Timer } from '../../clock.ts'
import type { Probe } from '../../objects/types.ts'
import type { RunningContainer } from '../container-runtime.ts'
import type { PodContainer } from '../pod-containers.ts'
import type { PodScope } from '../pod-scope.ts'
import { podGraceSeconds } from '../stop-container.ts'
import { nextProbeRun, type ProbeOutcome, type ProbeRun } from './probe-fold.ts'
import { runProbe } from './run-probe.ts'

type ProbeKind = 'Startup' | 'Liveness' | 'Readiness'

/** Starts the container's probes; the result stops them. The startup probe holds the others back. */
export function startProbes(scope: PodScope, container: PodContainer, running: RunningContainer): () => void {
  const { startupProbe, livenessProbe, readinessProbe } = container.spec
  const stops: (() => void)[] = []
  const { name } = container

  const startRest = () => {
    if (livenessProbe) {
      stops.push(
        startProbe(scope, container, {
          kind: 'Liveness',
          probe: livenessProbe,
          running,
          onVerdict: restartOnFailure(scope, container, { kind: 'Liveness', probe: livenessProbe }),
        }),
      )
    }
    if (readinessProbe) {
      const onVerdict = (verdict: 'success' | 'failure') => {
        const ready = verdict === 'success'
        if (scope.recordOf(name).ready === ready) return
        scope.apply(name, { type: 'readiness', ready })
        void scope.publish()
      }
      stops.push(startProbe(scope, container, { kind: 'Readiness', probe: readinessProbe, running, onVerdict }))
    }
  }

  if (!startupProbe) startRest()
  else {
    const onFailure = restartOnFailure(scope, container, { kind: 'Startup', probe: startupProbe })
    const stop = startProbe(scope, container, {
      kind: 'Startup',
      probe: startupProbe,
      running,
      onVerdict: (verdict) => {
        if (verdict === 'failure') return onFailure(verdict)
        stop()
        scope.apply(name, { type: 'startup-passed', ready: !readinessProbe })
        void scope.publish()
        // A sidecar that has started lets the next container go.
        scope.wake()
        startRest()
      },
    })
    stops.push(stop)
  }
  return () => {
    for (const stop of stops) stop()
  }
}

function restartOnFailure(
  scope: PodScope,
  { name }: PodContainer,
  { kind, probe }: { kind: ProbeKind; probe: Probe },
): (verdict: 'success' | 'failure') => void {
  return (verdict) => {
    if (verdict === 'success' || scope.state.kills.has(name)) return
    const message = `Container ${name} failed ${kind.toLowerCase()} probe, will be restarted`
    const graceSeconds = probe.terminationGracePeriodSeconds ?? podGraceSeconds(scope)
    scope.state.kills.set(name, { message, graceSeconds })
    scope.state.stopProbes.get(name)?.()
    scope.wake()
  }
}

interface ProbeLoop {
  kind: ProbeKind
  probe: Probe
  running: RunningContainer
  onVerdict(verdict: 'success' | 'failure'): void
}

function startProbe(
  scope: PodScope,
  container: PodContainer,
  { kind, probe, running, onVerdict }: ProbeLoop,
): () => void {
  const { clock } = scope.context
  const periodMs = (probe.periodSeconds ?? 10) * 1000
  const thresholds = { success: probe.successThreshold ?? 1, failure: probe.failureThreshold ?? 3 }
  let run: ProbeRun = { count: 0 }
  let isStopped = false
  let timer: Timer

  const check = async () => {
    const dueMs = clock.now()
    const outcome = await runProbe(scope, container, { probe, running }).catch(
      (error: unknown): ProbeOutcome => ({
        kind: 'unknown',
        message: error instanceof Error ? error.message : String(error),
      }),
    )
    if (isStopped || scope.signal.aborted) return
    if (outcome.kind === 'failure') report(`${kind} probe failed: ${outcome.message}`)
    if (outcome.kind === 'unknown') report(`${kind} probe errored and resulted in unknown state: ${outcome.message}`)
    const next = nextProbeRun(run, outcome, thresholds)
    run = next.run
    // The next check keeps the rhythm, however long this one took.
    timer = clock.after(Math.max(0, dueMs + periodMs - clock.now()), () => void check())
    if (next.verdict) onVerdict(next.verdict)
  }
  const report = (message: string) =>
    scope.report({ type: 'Warning', reason: 'Unhealthy', message, fieldPath: container.fieldPath })

  timer = clock.after(firstCheckMs(kind, probe), () => void check())
  return () => {
    isStopped = true
    timer.cancel()
  }
}

/**
 * When a probe checks first, counted from the start of its container. Upstream's probes tick in their period and skip
 * ticks inside the initial delay; a tick at its very end comes a moment too early for liveness, whose container has
 * always started after its ticks did. Readiness does not wait for a tick: every look at an unready pod checks it.
 */
export function firstCheckMs(kind: ProbeKind, { initialDelaySeconds = 0, periodSeconds = 10 }: Probe): number {
  const ticks = initialDelaySeconds / periodSeconds
  switch (kind) {
    case 'Readiness':
      return initialDelaySeconds * 1000
    case 'Startup':
      return Math.max(1, Math.ceil(ticks)) * periodSeconds * 1000
    case 'Liveness':
      return (Math.floor(ticks) + 1) * periodSeconds * 1000
  }
}
