import type { KubeObject } from '../kubernetes/objects.ts'
import type { Fault } from './scenario.ts'

/** A fault that is about an object which is there. */
type Change = Exclude<Fault, { create: KubeObject }>

/** Which operation a fault is, by its field, and the reference to its object. */
export function targetOf(fault: Change): { operation: string; reference: string } {
  if ('patch' in fault) return { operation: 'patch', reference: fault.patch }
  if ('delete' in fault) return { operation: 'delete', reference: fault.delete }
  if ('replace' in fault) return { operation: 'replace', reference: fault.replace }
  if ('scale' in fault) return { operation: 'scale', reference: fault.scale }
  return { operation: 'restart', reference: fault.restart }
}
