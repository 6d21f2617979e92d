// Rules for the volumes of a pod.
import type { FieldError } from '../kind-definition.ts'
import type { Volume } from '../types.ts'
import { duplicate, forbidden, invalid, invalidEach, required } from '../validation/errors.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { volumeSourceErrors, volumeTypes } from './volume-source-validation.ts'

/** What is wrong with a pod's volumes, and those of them that containers may mount. */
export interface CheckedVolumes {
  errors: FieldError[]
  /** The volumes without a mistake, by name. */
  usable: Map<string, Volume>
}

/** Checks the volumes of a pod; `podName` is known for a pod only, not for a template. */
export function checkVolumes(field: string, volumes: Volume[] | undefined, podName?: string): CheckedVolumes {
  const usable = new Map<string, Volume>()
  const created = new Set(
    (volumes ?? []).filter(({ ephemeral }) => podName && ephemeral).map(({ name }) => `${podName}-${name}`),
  )
  const errors = (volumes ?? []).flatMap((volume, i) => {
    const at = `${field}[${i}]`
    const found = [...sourceErrors(at, volume), ...nameErrors(`${at}.name`, volume.name, usable)]
    if (found.length === 0) usable.set(volume.name, volume)
    const claim = volume.persistentVolumeClaim?.claimName ?? ''
    if (created.has(claim)) {
      const rule = 'must not reference a PVC that gets created for an ephemeral volume'
      found.push(invalid(`${at}.persistentVolumeClaim.claimName`, claim, rule))
    }
    return found
  })
  return { errors, usable }
}

function nameErrors(field: string, name: string, usable: Map<string, Volume>): FieldError[] {
  if (!name) return [required(field)]
  const errors = invalidEach(field, name, dnsLabelProblems(name))
  return usable.has(name) ? [...errors, duplicate(field, name)] : errors
}

/** Only the first of several sources is looked at; what comes first is upstream's order, not the order of the text. */
function sourceErrors(field: string, volume: Volume): FieldError[] {
  const [first, ...more] = volumeTypes.filter(({ type }) => volume[type] !== undefined && volume[type] !== null)
  if (!first) return [required(field, 'must specify a volume type')]
  const others = more.map(({ shownAs }) => forbidden(`${field}.${shownAs}`, 'may not specify more than 1 volume type'))
  return [...volumeSourceErrors(`${field}.${first.type}`, volume), ...others]
}
