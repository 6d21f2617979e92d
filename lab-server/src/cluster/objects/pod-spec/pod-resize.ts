// What may change in a pod that runs: the CPU and memory of its containers, as long as its class of service stays.
import type { FieldError } from '../kind-definition.ts'
import type { Container, Pod, PodSpec } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { forbidden, invalid } from '../validation/errors.ts'
import { qosClass } from './pod-defaults.ts'

type Amounts = Record<string, string> | undefined

const lists = ['initContainers', 'containers'] as const

/** Checks a change by the subresource `resize`. */
export function resizeErrors({ spec, status }: Pod, { spec: old }: Pod): FieldError[] {
  if (!spec || !old) return []
  const errors: FieldError[] = []
  if (qosClass(spec) !== qosClass(old)) {
    const rule = 'Pod QOS Class may not change as a result of resizing'
    errors.push(invalid('spec', status?.qosClass ?? '', rule))
  }
  const order = orderErrors(spec, old)
  if (order.length > 0) return [...errors, ...order]
  for (const list of lists) {
    for (const [i, container] of (spec[list] ?? []).entries()) {
      if (list === 'initContainers' && container.restartPolicy !== 'Always') continue
      errors.push(...removalErrors(`spec.${list}[${i}].resources`, container, old[list]?.[i]))
    }
  }
  errors.push(...otherChanges(spec, old))
  if (errors.length > 0) return errors
  const { containers: _, initContainers: __, ...rest } = spec
  const { containers: ___, initContainers: ____, ...before } = old
  return semanticallyEqual(rest, before) ? [] : [forbidden('spec', 'only cpu and memory resources are mutable')]
}

function orderErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const [now, before] = [spec[list] ?? [], old[list] ?? []]
    if (now.length !== before.length)
      return [forbidden(`spec.${list}`, `${list} may not be added or removed on resize`)]
    return before.flatMap(({ name }, i) =>
      now[i]?.name === name
        ? []
        : [forbidden(`spec.${list}[${i}].name`, `${list} may not be renamed or reordered on resize`)],
    )
  })
}

function removalErrors(field: string, container: Container, old: Container | undefined): FieldError[] {
  return (['requests', 'limits'] as const).flatMap((part) => {
    const now = Object.keys((container.resources?.[part] as Amounts) ?? {})
    const before = Object.keys((old?.resources?.[part] as Amounts) ?? {})
    if (before.every((name) => now.includes(name))) return []
    return [forbidden(`${field}.${part}`, `resource ${part} cannot be removed`)]
  })
}

function otherChanges(spec: PodSpec, old: PodSpec): FieldError[] {
  const changes = (list: (typeof lists)[number], words: (container: Container) => string) =>
    (spec[list] ?? []).flatMap((container, i) => {
      const before = old[list]?.[i]
      const mayResize = list === 'containers' || container.restartPolicy === 'Always'
      const compared = mayResize ? withAmountsOf(container, before) : container
      return semanticallyEqual(compared, before) ? [] : [forbidden('spec', words(container))]
    })
  return [
    ...changes('containers', () => 'only cpu and memory resources are mutable'),
    ...changes('initContainers', ({ restartPolicy }) =>
      restartPolicy === 'Always'
        ? 'only cpu and memory resources for sidecar containers are mutable'
        : 'resources for non-sidecar init containers are immutable',
    ),
  ]
}

/** The container with the CPU and memory it had, or would have had. */
function withAmountsOf(container: Container, old: Container | undefined): Container {
  const part = (name: 'requests' | 'limits') => {
    const before = old?.resources?.[name] as Amounts
    if (!before) return undefined
    const { cpu: _, memory: __, ...rest } = (container.resources?.[name] as Amounts) ?? {}
    const { cpu, memory } = before
    return { ...rest, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  }
  const [limits, requests] = [part('limits'), part('requests')]
  const resources = { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) }
  return { ...container, resources }
}
