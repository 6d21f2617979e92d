import type { KindTable } from '../../objects/kind-table.ts'
import type { Namespace } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import { forbidden, notFound } from '../errors.ts'
import type { AdmissionStep } from './chain.ts'

// A cluster cannot be without these.
const immortal = new Set(['default', 'kube-system', 'kube-public'])

/** Lets objects be created only in namespaces that exist and stay, and keeps the system's namespaces. */
export function namespaceLifecycle({ store, kinds }: { store: Store; kinds: KindTable }): AdmissionStep {
  return {
    name: 'NamespaceLifecycle',
    mutate({ operation, kind, name, namespace }) {
      if (operation !== 'CREATE' || !kind.namespaced || namespace === undefined) return
      check(kind, name, namespace)
    },
    validate({ operation, kind, name, namespace }) {
      if (operation === 'DELETE' && kind.group === '' && kind.kind === 'Namespace' && immortal.has(name)) {
        throw forbidden(kind, name, 'this namespace may not be deleted')
      }
      // Again in the turn of the write: webhooks may have taken their time.
      if (operation === 'CREATE' && kind.namespaced && namespace !== undefined) check(kind, name, namespace)
    },
  }

  function check(kind: Parameters<typeof forbidden>[0], name: string, namespace: string): void {
    const found = store.find('namespaces', namespace) as Namespace | undefined
    const namespaceKind = kinds.find('', 'v1', 'namespaces')
    if (found === undefined) throw notFound(namespaceKind ?? { group: '', plural: 'namespaces' }, namespace)
    if (found.metadata.deletionTimestamp === undefined) return
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`
    const error = forbidden(kind, name, why)
    error.status.details = {
      ...error.status.details,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    }
    throw error
  }
}
