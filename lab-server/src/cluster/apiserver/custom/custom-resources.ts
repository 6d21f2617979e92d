// Serves the kinds of CustomResourceDefinitions for as long as these exist, and cleans up after them.
import { formatTime } from '../../clock.ts'
import type { FieldError, KindDefinition } from '../../objects/kind-definition.ts'
import type { KindTable } from '../../objects/kind-table.ts'
import type { CustomResourceDefinition, KubeObject } from '../../objects/types.ts'
import type { CustomKind as DocumentedKind } from '../../openapi/custom-kinds.ts'
import type { AdmissionStep } from '../admission/chain.ts'
import { invalid, isApiError } from '../errors.ts'
import type { Registry } from '../registry.ts'
import { componentContext } from '../request-context.ts'
import { type CustomKind, customKindsOf } from './custom-kind.ts'
import { ruleProblems } from './rule-problems.ts'
import { pruneUnknown, type StructuralSchema } from './structural-schema.ts'

/** The custom kinds of one cluster. */
export interface CustomResources {
  isCustom(kind: KindDefinition): boolean
  find(kind: KindDefinition): CustomKind | undefined
  /** For the OpenAPI documents. */
  documented(): DocumentedKind[]
  /** Removes fields that the schema does not know. */
  prune(kind: KindDefinition, object: KubeObject): void
  /** To be told of every object that is gone: with the last one a deleted definition goes too. */
  handleRemoved(kind: KindDefinition): void
  /** Begins to follow the stored definitions; those that exist are served when this returns. */
  follow(registry: Registry, onUnexpected: (error: unknown) => void): () => void
}

const finalizer = 'customresourcecleanup.apiextensions.k8s.io'
const group = 'apiextensions.k8s.io'
const context = componentContext('kube-apiserver')

/** Makes the custom kinds of a cluster; none are served before `follow`. */
export function makeCustomResources(kinds: KindTable): CustomResources {
  /** By definition name. */
  const served = new Map<string, CustomKind[]>()
  const byDefinition = new Map<KindDefinition, CustomKind>()
  let settleAgain = (_crdName: string) => {}

  function serve(crd: CustomResourceDefinition): void {
    withdraw(crd.metadata.name ?? '')
    const customs = customKindsOf(crd)
    served.set(crd.metadata.name ?? '', customs)
    for (const custom of customs) {
      byDefinition.set(custom.definition, custom)
      kinds.add(custom.definition)
    }
  }

  function withdraw(name: string): void {
    for (const { definition } of served.get(name) ?? []) {
      byDefinition.delete(definition)
      kinds.remove(definition.group, definition.version, definition.plural)
    }
    served.delete(name)
  }

  async function settle(registry: Registry, crd: CustomResourceDefinition): Promise<void> {
    const crdKind = kinds.find(group, 'v1', 'customresourcedefinitions')
    if (crdKind === undefined) return
    const key = { name: crd.metadata.name ?? '' }
    if (crd.metadata.deletionTimestamp === undefined) {
      const change = (current: KubeObject) => ({ ...current, status: statusOf(current, registry.core.clock.now()) })
      await registry.update(crdKind, key, { context, subresource: 'status', change })
      return
    }
    if (!crd.metadata.finalizers?.includes(finalizer)) return
    const isEmpty = await removeInstances(registry, served.get(key.name)?.[0]?.definition)
    if (!isEmpty) return
    const change = (current: KubeObject) => {
      const finalizers = current.metadata.finalizers?.filter((name) => name !== finalizer)
      return { ...current, metadata: { ...current.metadata, finalizers } }
    }
    await registry.update(crdKind, key, { context, change })
  }

  return {
    isCustom: (kind) => byDefinition.has(kind),
    find: (kind) => byDefinition.get(kind),
    documented: () =>
      [...byDefinition.values()].map(({ definition, listKind, schema }) => {
        const { group, version, kind, plural, namespaced } = definition
        return { group, version, kind, plural, namespaced, listKind, schema: schema as Record<string, unknown> }
      }),
    prune(kind, object) {
      const custom = byDefinition.get(kind)
      if (custom) pruneUnknown(custom.schema, object)
    },
    handleRemoved(kind) {
      // The removal is still being written: look in the next turn.
      if (byDefinition.has(kind)) queueMicrotask(() => settleAgain(`${kind.plural}.${kind.group}`))
    },
    follow(registry, onUnexpected) {
      const crdKind = kinds.find(group, 'v1', 'customresourcedefinitions')
      if (crdKind === undefined) return () => {}
      const settleLogged = (crd: CustomResourceDefinition) => {
        settle(registry, crd).catch((error: unknown) => {
          if (!isApiError(error, 'NotFound')) onUnexpected(error)
        })
      }
      settleAgain = (name) => {
        const crd = registry.find(crdKind, { name }) as unknown as CustomResourceDefinition | undefined
        if (crd?.metadata.deletionTimestamp) settleLogged(crd)
      }
      let isScheduled = false
      const watch = registry.watch(crdKind, { initial: true, limit: Number.POSITIVE_INFINITY }, () => {
        if (isScheduled) return
        isScheduled = true
        queueMicrotask(take)
      })
      function take() {
        isScheduled = false
        for (let event = watch.take(); event !== undefined; event = watch.take()) {
          const crd = event.object as unknown as CustomResourceDefinition
          if (event.type === 'DELETED') {
            withdraw(crd.metadata.name ?? '')
            continue
          }
          if (!crd.metadata.deletionTimestamp) serve(crd)
          settleLogged(crd)
        }
      }
      take()
      return () => watch.stop()
    },
  }
}

/** Deletes all objects of a kind; true when none is left, false while finalizers hold some. */
async function removeInstances(registry: Registry, kind: KindDefinition | undefined): Promise<boolean> {
  if (kind === undefined) return true
  let left = 0
  for (const { metadata } of registry.list(kind, {}).items) {
    const key = { namespace: metadata.namespace, name: metadata.name ?? '' }
    const { isGone } = await registry.remove(kind, key, { context })
    if (!isGone) left += 1
  }
  return left === 0
}

function statusOf(object: KubeObject, nowMs: number) {
  const crd = object as unknown as CustomResourceDefinition
  const { spec, status } = crd
  const stored = spec.versions.find(({ storage }) => storage)?.name
  const storedVersions = [...new Set([...(status?.storedVersions ?? []), ...(stored ? [stored] : [])])]
  const has = (type: string) => status?.conditions?.find((condition) => condition.type === type)
  const condition = (type: string, reason: string, message: string) =>
    has(type) ?? { type, status: 'True', reason, message, lastTransitionTime: formatTime(nowMs) }
  return {
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    acceptedNames: spec.names,
    storedVersions,
  }
}

/** Rules for definitions, and the finalizer by which their objects are deleted before them. */
export const customResourceDefinitionStep: AdmissionStep = {
  name: 'CustomResourceDefinition',
  mutate({ operation, kind, object }) {
    if (operation !== 'CREATE' || kind.kind !== 'CustomResourceDefinition') return
    const { metadata } = object
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
  validate({ operation, kind, object, name, subresource }) {
    if (operation === 'DELETE' || kind.kind !== 'CustomResourceDefinition' || subresource !== undefined) return
    const errors = definitionErrors(object as unknown as CustomResourceDefinition)
    if (errors.length > 0) throw invalid(kind, name, errors)
  },
}

function definitionErrors({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const errors: FieldError[] = []
  const wanted = `${spec?.names?.plural}.${spec?.group}`
  if (metadata.name !== wanted) {
    const message = `Invalid value: ${JSON.stringify(metadata.name)}: must be spec.names.plural+"."+spec.group`
    errors.push({ field: 'metadata.name', type: 'FieldValueInvalid', message })
  }
  const versions = spec?.versions ?? []
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const message = `Invalid value: ${JSON.stringify(versions)}: must have exactly one version marked as storage version`
    errors.push({ field: 'spec.versions', type: 'FieldValueInvalid', message })
  }
  for (const [index, { schema }] of versions.entries()) {
    if (schema?.openAPIV3Schema) {
      const at = versions.length === 1 ? 'spec.validation' : `spec.versions[${index}].schema`
      errors.push(...ruleProblems(schema.openAPIV3Schema as StructuralSchema, `${at}.openAPIV3Schema`))
      continue
    }
    const field = `spec.versions[${index}].schema.openAPIV3Schema`
    errors.push({ field, type: 'FieldValueRequired', message: 'Required value: schemas are required' })
  }
  return errors
}
