// What an API server warns of in a pod spec, though it takes it.
import type { ObjectMeta, PodSpec, PodTemplateSpec, Volume } from '../types.ts'
import { semanticallyEqual } from '../validation/equal.ts'
import { dnsLabelProblems } from '../validation/names.ts'
import { claimSpecWarnings } from './claim-warnings.ts'
import { containerWarnings } from './container-warnings.ts'
import { fractionWarnings } from './fraction-warnings.ts'
import { selectorWarnings } from './scheduling-warnings.ts'

/** Volumes that are no more, as far as they still can be asked for. */
const goneVolumes: Partial<Record<keyof Volume, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

/** Warnings about a new pod. Later changes are not worth any. */
export function podWarnings({ metadata, spec }: { metadata: ObjectMeta; spec?: PodSpec }, old?: unknown): string[] {
  if (old) return []
  return [...nameWarnings(metadata, "the Pod's hostname"), ...podSpecWarnings('spec', spec)]
}

/** What a workload tells of itself for `workloadWarnings`. */
interface Workload {
  metadata: ObjectMeta
  spec?: object
}

/** Warnings about a workload whose template is at `field`: about its name once, about its template at each change. */
export function workloadWarnings(
  { metadata, spec }: Workload,
  old: Workload | undefined,
  template: { field: string; value: PodTemplateSpec | null | undefined; namesHosts?: boolean },
): string[] {
  if (old && semanticallyEqual(spec, old.spec)) return []
  const name = old || template.namesHosts === false ? [] : nameWarnings(metadata, 'Pod names and hostnames')
  return [...name, ...podSpecWarnings(`${template.field}.spec`, template.value?.spec)]
}

function nameWarnings({ name = '' }: ObjectMeta, use: string): string[] {
  const problems = name === '' ? [] : dnsLabelProblems(name)
  if (problems.length === 0) return []
  return [
    `metadata.name: this is used in ${use}, which can result in surprising behavior; a DNS label is recommended: [${problems.join(' ')}]`,
  ]
}

function podSpecWarnings(field: string, spec: PodSpec | null | undefined): string[] {
  if (!spec) return []
  const { selection, affinity } = selectorWarnings(field, spec)
  const warnings = [...selection, ...volumeWarnings(`${field}.volumes`, spec.volumes)]
  warnings.push(
    ...repeated(
      `${field}.hostAliases`,
      'ip',
      spec.hostAliases?.map(({ ip }) => ip),
    ),
  )
  const secrets = spec.imagePullSecrets?.map(({ name = '' }) => name) ?? []
  warnings.push(...repeated(`${field}.imagePullSecrets`, 'name', secrets))
  for (const [i, name] of secrets.entries()) {
    if (name === '') warnings.push(`${field}.imagePullSecrets[${i}].name: invalid empty name ""`)
  }
  for (const resource of ['memory', 'ephemeral-storage']) {
    warnings.push(...fractionWarnings(`${field}.overhead[${resource}]`, spec.overhead?.[resource]))
  }
  warnings.push(...containerWarnings(field, spec))
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    const rule = 'must be >= 0; negative values are invalid and will be treated as 1'
    warnings.push(`${field}.terminationGracePeriodSeconds: ${rule}`)
  }
  return [...warnings, ...affinity]
}

function volumeWarnings(field: string, volumes: Volume[] | undefined): string[] {
  return (volumes ?? []).flatMap((volume, i) => {
    const gone = Object.entries(goneVolumes).filter(([type]) => volume[type as keyof Volume])
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec
    return [
      ...gone.map(([type, what]) => `${field}[${i}].${type === 'storageos' ? 'storageOS' : type}: ${what}`),
      ...claimSpecWarnings(`${field}[${i}].ephemeral.volumeClaimTemplate.spec`, claim),
    ]
  })
}

function repeated(field: string, part: string, values: string[] | undefined): string[] {
  return (values ?? []).flatMap((value, i) =>
    values?.indexOf(value) === i ? [] : [`${field}[${i}].${part}: duplicate ${part} ${JSON.stringify(value)}`],
  )
}
