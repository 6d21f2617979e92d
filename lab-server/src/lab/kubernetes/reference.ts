// How scenarios name objects: `Deployment/backend` in the namespace of the attempt, `kube-system/Deployment/coredns`
// outside of it.
import { isKindName, type KindName } from './kinds.ts'

/** A name taken apart; without `namespace` the attempt's own is meant. */
export interface Reference {
  kind: KindName
  namespace?: string
  name: string
}

/** Takes a reference apart; throws when it names a kind that the lab does not know. */
export function parseReference(reference: string): Reference {
  const parts = reference.split('/')
  const [kind = '', name = ''] = parts.slice(-2)
  if (!isKindName(kind)) throw new Error(`${kind} is not a kind that the lab knows`)
  return { kind, name, ...(parts.length === 3 && { namespace: parts[0] }) }
}

/** The name under which a world finds the object: with its namespace where that is not the attempt's own. */
export function nameInWorld({ namespace, name }: Reference): string {
  return namespace === undefined ? name : `${namespace}/${name}`
}
