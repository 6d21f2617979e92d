// The status of validating policies: what upstream's controller finds when it holds their expressions against the types
// of the kinds that they are about. It warns its reader; nothing is refused for it.
import type { Client } from '../../../client.ts'
import type { KindDefinition } from '../../../objects/kind-definition.ts'
import type { KindTable } from '../../../objects/kind-table.ts'
import type { ValidatingAdmissionPolicy } from '../../../objects/types.ts'
import { makeTypedCheck } from '../../cel/typed-check.ts'
import { isApiError } from '../../errors.ts'
import { declareKind, declareVariables } from './policy-types.ts'

// Upstream looks at so many kinds of one policy.
const mostKinds = 10

/** Keeps the status of policies; returns how to stop. */
export function followPolicies(
  client: Client,
  { kinds, onUnexpected }: { kinds: KindTable; onUnexpected(error: unknown): void },
): () => void {
  async function settle(policy: ValidatingAdmissionPolicy): Promise<void> {
    const { metadata, status } = policy
    if (status?.observedGeneration === metadata.generation) return
    const expressionWarnings = typeWarnings(policy, kinds)
    const typeChecking = expressionWarnings.length > 0 ? { expressionWarnings } : {}
    await client.writeStatus(policy, { ...status, observedGeneration: metadata.generation, typeChecking })
  }
  return client.watch('ValidatingAdmissionPolicy', ({ type, object }) => {
    if (type === 'DELETED') return
    settle(object as unknown as ValidatingAdmissionPolicy).catch((error: unknown) => {
      // It was removed or written meanwhile: then there is another event.
      if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) onUnexpected(error)
    })
  })
}

/** What does not fit, for each expression of the validations. */
export function typeWarnings(
  { spec }: ValidatingAdmissionPolicy,
  kinds: KindTable,
): { fieldRef: string; warning: string }[] {
  const checks = matchedKinds(spec, kinds).map((kind) => ({ kind, check: checkFor(kind, spec) }))
  return (spec?.validations ?? []).flatMap(({ expression, messageExpression }, index) => {
    const asked = { expression, messageExpression }
    return Object.entries(asked).flatMap(([name, text]) => {
      const warnings = text ? checks.flatMap(({ kind, check }) => warningOf(kind, check(text).problem)) : []
      return warnings.length > 0
        ? [{ fieldRef: `spec.validations[${index}].${name}`, warning: warnings.join('\n') }]
        : []
    })
  })
}

function warningOf({ group, version, kind }: KindDefinition, problem: string | undefined): string[] {
  return problem === undefined ? [] : [`${group === '' ? '' : `${group}/`}${version}, Kind=${kind}: ${problem}`]
}

/** The kinds that the rules name without a wildcard. */
function matchedKinds(spec: ValidatingAdmissionPolicy['spec'], kinds: KindTable): KindDefinition[] {
  const found = new Set<KindDefinition>()
  for (const { apiGroups = [], apiVersions = [], resources = [] } of spec?.matchConstraints?.resourceRules ?? []) {
    for (const group of apiGroups)
      for (const version of apiVersions)
        for (const resource of resources) {
          const kind = kinds.find(group, version, resource)
          if (kind && found.size < mostKinds) found.add(kind)
        }
  }
  return [...found]
}

function checkFor(kind: KindDefinition, spec: ValidatingAdmissionPolicy['spec']) {
  const names = (spec?.variables ?? []).map(({ name }) => name)
  return makeTypedCheck((environment) => declareVariables(environment, names, declareKind(environment, kind)))
}
