import type { PriorityClass } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import { forbidden } from '../errors.ts'
import type { AdmissionStep } from './chain.ts'
import { createdPod } from './pod-specs.ts'

/** Turns the name of a pod's priority class into its priority. */
export function priorityStep({ store }: { store: Store }): AdmissionStep {
  const classes = () => store.list('priorityclasses.scheduling.k8s.io') as unknown as PriorityClass[]

  return {
    name: 'Priority',
    mutate(request) {
      const pod = createdPod(request)
      if (pod === undefined) return
      const { kind, name } = request
      const wanted = pod.spec.priorityClassName
      const found = wanted
        ? classes().find(({ metadata }) => metadata.name === wanted)
        : classes()
            .filter(({ globalDefault }) => globalDefault)
            .sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0]
      if (wanted && found === undefined) throw forbidden(kind, name, `no PriorityClass with name ${wanted} was found`)
      const priority = found?.value ?? 0
      if (pod.spec.priority !== undefined && pod.spec.priority !== priority) {
        const why = `the integer value of priority (${pod.spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`
        throw forbidden(kind, name, why)
      }
      if (found) pod.spec.priorityClassName = found.metadata.name
      pod.spec.priority = priority
      pod.spec.preemptionPolicy ??= found?.preemptionPolicy ?? 'PreemptLowerPriority'
    },
    validate({ operation, kind, name, object }) {
      if (operation === 'DELETE' || kind.kind !== 'PriorityClass') return
      const { globalDefault } = object as unknown as PriorityClass
      const other = globalDefault && classes().find((item) => item.globalDefault && item.metadata.name !== name)
      if (other) {
        const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`
        throw forbidden(kind, name, why)
      }
    },
  }
}
