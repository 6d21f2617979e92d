// What a policy's expressions see, and how they are compiled and asked.
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../../objects/types.ts'
import { rememberPrograms } from '../../cel/environment.ts'
import { toCel } from '../../cel/values.ts'
import type { AdmissionRequest } from '../chain.ts'
import { namespaceOf, type PolicyWorld } from './policy-match.ts'

/** Compiles an expression of a policy; throws a CompileError. */
export const policyProgram = rememberPrograms([
  'object',
  'oldObject',
  'request',
  'params',
  'namespaceObject',
  'variables',
])

interface Named {
  name: string
  expression: string
}

/** Evaluates expressions of one policy about one request. */
export interface Asker {
  /** Throws an Error that names the expression and what went wrong. */
  ask(expression: string): unknown
}

/** Binds a request, its parameters and the policy's variables; each variable is worked out once, when it is needed. */
export function makeAsker(
  request: AdmissionRequest,
  params: KubeObject | null,
  variables: Named[],
  world: PolicyWorld,
): Asker {
  const { operation, old } = request
  const composed: Record<string, unknown> = {}
  const context: Record<string, unknown> = {
    object: operation === 'DELETE' ? null : toCel(request.object),
    oldObject: old === undefined ? null : toCel(old),
    request: toCel(requestOf(request)),
    params: toCel(params),
    namespaceObject: toCel(namespaceOf(request, world.store) ?? null),
    variables: composed,
  }
  for (const { name, expression } of variables) {
    let value: unknown
    let isKnown = false
    Object.defineProperty(composed, name, {
      enumerable: true,
      get() {
        if (!isKnown) value = policyProgram(expression).evaluate(context)
        isKnown = true
        return value
      },
    })
  }
  return {
    ask(expression) {
      try {
        return policyProgram(expression).evaluate(context)
      } catch (error) {
        throw new Error(
          `expression '${expression.trim()}' resulted in error: ${error instanceof Error ? error.message : error}`,
        )
      }
    },
  }
}

/** True when all conditions hold. */
export function meetsConditions(asker: Asker, conditions: Named[] | undefined): boolean {
  return (conditions ?? []).every(({ expression }) => asker.ask(expression) === true)
}

function requestOf({ operation, kind, name, namespace, subresource, context }: AdmissionRequest) {
  const { group, version } = kind
  const gvk = { group, version, kind: kind.kind }
  const resource = { group, version, resource: kind.plural }
  return {
    uid: randomUUID(),
    kind: gvk,
    resource,
    subResource: subresource ?? '',
    requestKind: gvk,
    requestResource: resource,
    requestSubResource: subresource ?? '',
    name,
    namespace: namespace ?? '',
    operation,
    userInfo: context.user,
    dryRun: context.isDryRun,
  }
}
