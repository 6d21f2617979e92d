// Why containerd and runc refuse to start something, in their words.
import { StartError } from '../container-runtime.ts'

/** What runc says about an executable it cannot run. */
export type ExecutableProblem = 'not-in-path' | 'no-such-file' | 'not-permitted' | 'is-directory'

function runcMessage(name: string, problem: ExecutableProblem): string {
  const quoted = JSON.stringify(name)
  switch (problem) {
    case 'not-in-path':
      return `exec: ${quoted}: executable file not found in $PATH: unknown`
    case 'no-such-file':
      return `exec: ${quoted}: stat ${name}: no such file or directory: unknown`
    case 'not-permitted':
      return `exec: ${quoted}: permission denied: unknown`
    case 'is-directory':
      return `exec: ${quoted}: is a directory: unknown`
  }
}

/** The failure to start a container's main process. The exit code is what the kubelet then reports. */
export function containerStartError(name: string, problem: ExecutableProblem): StartError {
  return new StartError(
    `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${runcMessage(name, problem)}`,
    128,
  )
}

/** The failure to start a command in a running container; `kubectl exec` prints it behind `Internal error occurred`. */
export function execStartError(execId: string, name: string, problem: ExecutableProblem): StartError {
  return new StartError(
    `error executing command in container: failed to exec in container: failed to start exec "${execId}": OCI runtime exec failed: exec failed: unable to start container process: ${runcMessage(name, problem)}`,
    problem === 'not-permitted' || problem === 'is-directory' ? 126 : 127,
  )
}

/** The failure of an image without entrypoint when the pod names no command either. */
export function noCommandError(): StartError {
  return new StartError('failed to generate container spec: failed to generate spec: no command specified', 128)
}
