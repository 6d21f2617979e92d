// Rules for claims to devices.
import type { FieldError } from '../kind-definition.ts'
import type { ResourceClaim } from '../types.ts'
import { duplicate, invalid, invalidEach, notSupported, required } from '../validation/errors.ts'
import { dnsLabelProblems } from '../validation/names.ts'

const modes = ['All', 'ExactCount']

/** Rules for what a claim, or a template of one, asks for. */
export function claimErrors(field: string, spec: ResourceClaim['spec'] | undefined): FieldError[] {
  const names = new Set<string>()
  return (spec?.devices?.requests ?? []).flatMap(({ name, exactly, firstAvailable }, index) => {
    const path = `${field}.devices.requests[${index}]`
    const errors = name ? invalidEach(`${path}.name`, name, dnsLabelProblems(name)) : [required(`${path}.name`)]
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name))
    names.add(name)
    if (Boolean(exactly) === Boolean(firstAvailable?.length)) {
      const rule = 'exactly one of `exactly` or `firstAvailable` is required'
      errors.push(exactly ? invalid(path, null, rule) : required(path, rule))
    }
    const { deviceClassName, allocationMode } = exactly ?? {}
    if (exactly && !deviceClassName) errors.push(required(`${path}.exactly.deviceClassName`))
    if (allocationMode && !modes.includes(allocationMode)) {
      errors.push(notSupported(`${path}.exactly.allocationMode`, allocationMode, modes))
    }
    return errors
  })
}
