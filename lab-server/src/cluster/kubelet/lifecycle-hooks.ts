// postStart and preStop handlers: a command in the container, an HTTP request to the pod, or a pause.
import { sleep } from '../clock.ts'
import type { Container } from '../objects/types.ts'
import type { RunningContainer } from './container-runtime.ts'
import { describePod, type PodContainer } from './pod-containers.ts'
import type { PodScope } from './pod-scope.ts'
import { captureExec } from './probes/capture-exec.ts'
import { httpGet } from './probes/http-get.ts'
import { portNumber } from './probes/probe-target.ts'

type Hook = NonNullable<NonNullable<Container['lifecycle']>['postStart']>

/** Runs a hook to its end; returns why it failed in upstream's words, or undefined. */
export async function runHook(
  scope: PodScope,
  container: PodContainer,
  { hook, kind, running }: { hook: Hook; kind: 'PostStart' | 'PreStop'; running: RunningContainer },
): Promise<string | undefined> {
  const where = `for Container "${container.name}" in Pod "${describePod(scope.state.pod)}"`
  if (hook.exec) {
    const command = hook.exec.command ?? []
    // A deletion interrupts postStart, but it is what preStop is for.
    const signal = kind === 'PostStart' ? AbortSignal.any([scope.signal, endOf(running)]) : endOf(running)
    const result = await captureExec(running, command, { signal })
    if (result.kind === 'exited' && result.exitCode === 0) return undefined
    const text = result.kind === 'exited' ? result.output : ''
    const why =
      result.kind === 'exited'
        ? `command '${command.join(' ')}' exited with ${result.exitCode}: ${text}`
        : result.message
    return `Exec lifecycle hook ([${command.join(' ')}]) ${where} failed - error: ${why}, message: ${JSON.stringify(text)}`
  }
  if (hook.httpGet) {
    const { path = '/', port, host, scheme, httpHeaders } = hook.httpGet
    const number = portNumber(port, container.spec)
    const failed = (why: string) => `HTTP lifecycle hook (${path}) ${where} failed - error: ${why}`
    if (number === undefined) return failed(`couldn't find port: ${port}`)
    const result = await httpGet(scope.context, {
      host: host || (scope.state.podIp ?? ''),
      port: number,
      path,
      scheme: scheme ?? 'HTTP',
      headers: httpHeaders ?? [],
      userAgent: 'kube-lifecycle/1.36',
      timeoutMs: 30_000,
      podIp: scope.state.podIp ?? '',
    })
    return result.kind === 'error' ? failed(result.message) : undefined
  }
  if (hook.sleep) await Promise.race([sleep(scope.context.clock, hook.sleep.seconds * 1000), running.exited])
  return undefined
}

/** Aborts when the container ends. */
function endOf(running: RunningContainer): AbortSignal {
  const controller = new AbortController()
  void running.exited.then(() => controller.abort())
  return controller.signal
}
