// One check of a probe: which handler, and what its result means.
import type { Probe } from '../../objects/types.ts'
import type { RunningContainer } from '../container-runtime.ts'
import type { PodContainer } from '../pod-containers.ts'
import type { PodScope } from '../pod-scope.ts'
import { captureExec } from './capture-exec.ts'
import { DialError, dial } from './dial.ts'
import { grpcHealth } from './grpc-health.ts'
import { type HttpGet, httpGet } from './http-get.ts'
import type { ProbeOutcome } from './probe-fold.ts'
import { portNumber } from './probe-target.ts'

const maxRedirects = 10
/**
 * A command in one of our containers starts a process of this machine, which a busy machine takes its time over; in a
 * real container that costs a few milliseconds. So much more of real time than its timeout may a command take.
 */
const execAllowanceWallMs = 1_000
/** However fast the cluster's clock runs, a check gets this much real time. */
const leastTimeoutWallMs = 500

/** Checks once. */
export async function runProbe(
  scope: PodScope,
  container: PodContainer,
  { probe, running }: { probe: Probe; running: RunningContainer },
): Promise<ProbeOutcome> {
  const toClusterMs = (wallMs: number) => wallMs / scope.context.clock.toWallMs(1)
  const timeoutMs = Math.max((probe.timeoutSeconds ?? 1) * 1000, toClusterMs(leastTimeoutWallMs))
  if (probe.exec) {
    const limitMs = timeoutMs + toClusterMs(execAllowanceWallMs)
    return execProbe(scope, running, { command: probe.exec.command ?? [], seconds: probe.timeoutSeconds ?? 1, limitMs })
  }

  const podIp = scope.state.podIp ?? ''
  const target = probe.httpGet ?? probe.tcpSocket ?? probe.grpc
  if (!target) return { kind: 'success' }
  const port = portNumber(target.port, container.spec)
  if (port === undefined) return { kind: 'unknown', message: `couldn't find port: ${target.port} in container ports` }

  if (probe.httpGet) {
    const { path, host, scheme, httpHeaders } = probe.httpGet
    return httpProbe(scope, {
      host: host || podIp,
      port,
      path: path ?? '/',
      scheme: scheme ?? 'HTTP',
      headers: httpHeaders ?? [],
      userAgent: 'kube-probe/1.36',
      timeoutMs,
      podIp,
    })
  }
  if (probe.grpc) return grpcHealth(scope.context, { port, timeoutMs, podIp, service: probe.grpc.service ?? '' })
  return tcpProbe(scope, { host: probe.tcpSocket?.host || podIp, port, timeoutMs, podIp })
}

async function execProbe(
  scope: PodScope,
  running: RunningContainer,
  { command, seconds, limitMs }: { command: string[]; seconds: number; limitMs: number },
): Promise<ProbeOutcome> {
  const timeout = new AbortController()
  const timer = scope.context.clock.after(limitMs, () => timeout.abort())
  const result = await captureExec(running, command, { signal: AbortSignal.any([timeout.signal, scope.signal]) })
  timer.cancel()
  switch (result.kind) {
    case 'exited':
      return result.exitCode === 0 ? { kind: 'success' } : { kind: 'failure', message: result.output }
    case 'aborted':
      if (scope.signal.aborted) return { kind: 'unknown', message: result.message }
      return {
        kind: 'failure',
        message: `command timed out: "${command.join(' ')}" timed out after ${seconds}s`,
      }
    case 'unstarted':
      return { kind: 'unknown', message: result.message }
  }
}

async function httpProbe(scope: PodScope, get: HttpGet): Promise<ProbeOutcome> {
  let current = get
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const result = await httpGet(scope.context, current)
    if (result.kind === 'error') return { kind: 'failure', message: result.message }
    const { status, location } = result
    const isRedirect = status >= 300 && status < 400 && location !== undefined
    if (!isRedirect) {
      if (status >= 200 && status < 400) return { kind: 'success' }
      return { kind: 'failure', message: `HTTP probe failed with statuscode: ${status}` }
    }
    const next = new URL(location, `${current.scheme.toLowerCase()}://${current.host}:${current.port}${current.path}`)
    // Another host is not followed: upstream takes that for success, with a warning.
    if (next.hostname !== current.host) return { kind: 'success' }
    const scheme = next.protocol === 'https:' ? 'HTTPS' : 'HTTP'
    const port = Number(next.port) || (scheme === 'HTTPS' ? 443 : 80)
    current = { ...current, scheme, port, path: next.pathname + next.search }
  }
  return { kind: 'failure', message: `Get "${get.path}": stopped after ${maxRedirects} redirects` }
}

async function tcpProbe(
  scope: PodScope,
  target: { host: string; port: number; timeoutMs: number; podIp: string },
): Promise<ProbeOutcome> {
  try {
    const socket = await dial(scope.context, target)
    socket.destroy()
    return { kind: 'success' }
  } catch (error) {
    if (error instanceof DialError) return { kind: 'failure', message: error.message }
    throw error
  }
}
