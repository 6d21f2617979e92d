import type { PersistentVolumeClaim, StorageClass } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import type { AdmissionStep } from './chain.ts'

const defaultClass = 'storageclass.kubernetes.io/is-default-class'

/** Gives claims without a storage class the default one, when there is one. */
export function defaultStorageClass({ store }: { store: Store }): AdmissionStep {
  return {
    name: 'DefaultStorageClass',
    mutate({ operation, kind, object }) {
      if (operation !== 'CREATE' || kind.kind !== 'PersistentVolumeClaim') return
      const claim = object as unknown as PersistentVolumeClaim
      // An empty name asks for a volume without a class; only an absent one is filled in.
      if (claim.spec === undefined || claim.spec.storageClassName !== undefined) return
      const classes = store.list('storageclasses.storage.k8s.io') as unknown as StorageClass[]
      const defaults = classes.filter(({ metadata }) => metadata.annotations?.[defaultClass] === 'true')
      // The youngest of several wins.
      const [found] = defaults.sort((a, b) => creation(b) - creation(a))
      if (found) claim.spec.storageClassName = found.metadata.name
    },
  }
}

function creation({ metadata }: StorageClass): number {
  return Date.parse(metadata.creationTimestamp ?? '')
}

/** Keeps claims and volumes in use from disappearing: a controller drops the finalizer once nobody uses them. */
export const storageProtection: AdmissionStep = {
  name: 'StorageObjectInUseProtection',
  mutate({ operation, kind, object }) {
    if (operation !== 'CREATE' || kind.group !== '') return
    const finalizer = finalizers[kind.kind]
    const { metadata } = object
    if (finalizer === undefined || metadata.finalizers?.includes(finalizer)) return
    metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
}

const finalizers: Record<string, string> = {
  PersistentVolumeClaim: 'kubernetes.io/pvc-protection',
  PersistentVolume: 'kubernetes.io/pv-protection',
}
