// What an API server warns of in a pod spec, though it takes it.
import type { Container, PodSpec } from '../types.ts'

/** Warnings about a pod spec at `field`, e.g. `spec.template.spec`. */
export function podSpecWarnings(field: string, spec: PodSpec | null | undefined): string[] {
  if (!spec) return []
  const lists = { initContainers: spec.initContainers ?? [], containers: spec.containers ?? [] }
  return Object.entries(lists).flatMap(([name, containers]) =>
    containers.flatMap((container, i) => containerWarnings(`${field}.${name}[${i}]`, container)),
  )
}

function containerWarnings(field: string, { env, ports }: Container): string[] {
  const warnings: string[] = []
  const names = new Map<string, string>()
  for (const [i, { name, value }] of (env ?? []).entries()) {
    const before = names.get(name)
    // A later value that refers to the earlier one is meant.
    if (before !== undefined && !value?.includes(`$(${name})`)) {
      warnings.push(
        `${field}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
      )
    }
    names.set(name, value ?? '')
  }
  const seen = new Map<string, number>()
  for (const [i, { containerPort, protocol, hostPort = 0, hostIP = '' }] of (ports ?? []).entries()) {
    const key = `${containerPort}/${protocol}/${hostPort}/${hostIP}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, i)
    else warnings.push(`${field}.ports[${i}]: duplicate port definition with ${field}.ports[${first}]`)
  }
  return warnings
}
