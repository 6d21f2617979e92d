// The environment of a container, and what of it may reach a process of the host.
import type { ContainerSpec } from '../container-runtime.ts'

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The environment inside the container, in the order in which containerd sets it. */
export function containerEnv(spec: ContainerSpec): Record<string, string> {
  const env: Record<string, string> = { PATH: defaultPath, HOSTNAME: spec.hostname }
  if (spec.tty) env.TERM = 'xterm'
  Object.assign(env, spec.image.env, spec.env)
  env.HOME ??= spec.user === 0 ? '/root' : '/'
  return env
}

// Variables that make a loader or an interpreter run code or read files of the host. A student writes the environment
// of a pod, and a container's program is a process of the host.
const dangerous =
  /^(LD_|DYLD_|NODE_(?!ENV$)|BUN_|DENO_|PYTHON|PERL|RUBY|JAVA_TOOL|GCONV|OPENSSL_|SSLKEYLOGFILE$|BASH_|ENV$|IFS$|SHELLOPTS$|PS4$|PROMPT_COMMAND$|MALLOC_|GLIBC_|LOCPATH$|NLSPATH$|TZDIR$|TMPDIR$|PGSYSCONFDIR$|PGSERVICEFILE$|PGPASSFILE$|UV_)/

/** Leaves out what would let a pod's environment take over a process of the host. */
export function safeHostEnv(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dangerous.test(name)))
}
