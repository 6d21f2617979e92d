import type { Store } from '../../store/store.ts'
import { forbidden } from '../errors.ts'
import type { AdmissionStep } from './chain.ts'
import { createdPod } from './pod-specs.ts'

/** Lets in no pod that asks for a RuntimeClass that does not exist. */
export function runtimeClassStep({ store }: { store: Store }): AdmissionStep {
  return {
    name: 'RuntimeClass',
    mutate(request) {
      const wanted = createdPod(request)?.spec.runtimeClassName
      if (!wanted || store.find('runtimeclasses.node.k8s.io', wanted)) return
      throw forbidden(request.kind, request.name, `pod rejected: RuntimeClass "${wanted}" not found`)
    },
  }
}
