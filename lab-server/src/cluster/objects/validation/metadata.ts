// Rules for what every object has: its name, namespace, labels, annotations and owners.
import type { FieldError } from '../kind-definition.ts'
import type { LabelSelector, ObjectMeta } from '../types.ts'
import { forbidden, invalid, invalidEach, required, tooLong } from './errors.ts'
import { dnsLabelProblems, labelKeyProblems, labelValueProblems } from './names.ts'

const mostAnnotationBytes = 256 * 1024
const standardFinalizers = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

/** Checks an object's metadata; what a name may look like, and which finalizers there are, depends on the kind. */
export function metadataErrors(
  metadata: ObjectMeta,
  rules: { nameProblems(name: string): string[]; namespaced: boolean; knowsFinalizers?: boolean },
): FieldError[] {
  const { name, generateName, namespace, labels, annotations } = metadata
  const errors: FieldError[] = []
  // A generated name ends in a suffix still to come, so a trailing dash is fine.
  if (generateName && !name) {
    const problems = rules.nameProblems(generateName.replace(/-$/, 'a'))
    errors.push(...invalidEach('metadata.generateName', generateName, problems))
  }
  if (!name && !generateName) errors.push(required('metadata.name', 'name or generateName is required'))
  else if (name) errors.push(...invalidEach('metadata.name', name, rules.nameProblems(name)))
  if (rules.namespaced && namespace) {
    errors.push(...invalidEach('metadata.namespace', namespace, dnsLabelProblems(namespace)))
  }
  errors.push(...labelErrors('metadata.labels', labels), ...annotationErrors('metadata.annotations', annotations))
  errors.push(...ownerErrors(metadata), ...finalizerErrors(metadata))
  return rules.knowsFinalizers ? [...errors, ...unknownFinalizers(metadata)] : errors
}

function finalizerErrors({ finalizers = [] }: ObjectMeta): FieldError[] {
  const field = 'metadata.finalizers'
  const errors = finalizers.flatMap((finalizer) => invalidEach(field, finalizer, labelKeyProblems(finalizer)))
  if (finalizers.includes('foregroundDeletion') && finalizers.includes('orphan')) {
    const rule = 'finalizer orphan and foregroundDeletion cannot be both set'
    errors.push(invalid(field, finalizers, rule))
  }
  return errors
}

/** Finalizers without a domain are the cluster's own. */
function unknownFinalizers({ finalizers }: ObjectMeta): FieldError[] {
  const rule = 'name is neither a standard finalizer name nor is it fully qualified'
  return (finalizers ?? []).flatMap((finalizer, i) =>
    finalizer.includes('/') || standardFinalizers.has(finalizer)
      ? []
      : [invalid(`metadata.finalizers[${i}]`, finalizer, rule)],
  )
}

/** Checks the keys and values of labels. */
export function labelErrors(field: string, labels: Record<string, string> | undefined): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidEach(field, key, labelKeyProblems(key)),
    ...invalidEach(field, value, labelValueProblems(value)),
  ])
}

/** Checks the keys of annotations and their size altogether. */
export function annotationErrors(field: string, annotations: Record<string, string> | undefined): FieldError[] {
  const entries = Object.entries(annotations ?? {})
  const errors = entries.flatMap(([key]) => invalidEach(field, key, labelKeyProblems(key.toLowerCase())))
  const size = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return size > mostAnnotationBytes ? [...errors, tooLong(field, mostAnnotationBytes)] : errors
}

/** Checks a LabelSelector object. */
export function labelSelectorErrors(field: string, selector: LabelSelector | null | undefined): FieldError[] {
  const expressions = (selector?.matchExpressions ?? []).flatMap(({ key, operator, values }, i) => {
    const at = `${field}.matchExpressions[${i}]`
    const needsValues = operator === 'In' || operator === 'NotIn'
    const errors: FieldError[] = []
    if (needsValues && !values?.length) {
      errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
    } else if ((operator === 'Exists' || operator === 'DoesNotExist') && values?.length) {
      errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
    } else if (!needsValues && operator !== 'Exists' && operator !== 'DoesNotExist') {
      errors.push(invalid(`${at}.operator`, operator, 'not a valid selector operator'))
    }
    errors.push(...invalidEach(`${at}.key`, key, labelKeyProblems(key ?? '')))
    for (const [j, value] of (values ?? []).entries()) {
      errors.push(...invalidEach(`${at}.values[${j}]`, value, labelValueProblems(value)))
    }
    return errors
  })
  return [...labelErrors(`${field}.matchLabels`, selector?.matchLabels), ...expressions]
}

/** True when a LabelSelector has no condition at all. */
export function isEmptySelector(selector: LabelSelector | null | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && !selector?.matchExpressions?.length
}

function ownerErrors({ ownerReferences }: ObjectMeta): FieldError[] {
  const field = 'metadata.ownerReferences'
  const errors = (ownerReferences ?? []).flatMap((owner) => [
    ...(owner.apiVersion ? [] : [invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty')]),
    ...(owner.kind ? [] : [invalid(`${field}.kind`, owner.kind ?? '', 'must not be empty')]),
    ...(owner.name ? [] : [invalid(`${field}.name`, owner.name ?? '', 'must not be empty')]),
    ...(owner.uid ? [] : [invalid(`${field}.uid`, owner.uid ?? '', 'must not be empty')]),
  ])
  const controllers = (ownerReferences ?? []).filter(({ controller }) => controller)
  const [first, second] = controllers
  if (!first || !second) return errors
  const rule = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`
  return [...errors, invalid(field, ownerReferences, rule)]
}
