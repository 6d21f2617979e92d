// Admission: small steps that see every write after authorization. They run in the order of the list.
import type { KindDefinition } from '../../objects/kind-definition.ts'
import type { KubeObject } from '../../objects/types.ts'
import type { WriteContext } from '../request-context.ts'

/** One write on its way in. */
export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  kind: KindDefinition
  name: string
  namespace?: string
  subresource?: string
  /** The new state: a private copy that `mutate` may change. For DELETE it is the stored one. */
  object: KubeObject
  /** The stored state; absent for CREATE. */
  old?: KubeObject
  context: WriteContext
}

/** One rule. A refusal is a thrown ApiError. */
export interface AdmissionStep {
  name: string
  /** Changes `request.object`. May be asynchronous: the write is compare-and-set. */
  mutate?(request: AdmissionRequest): void | Promise<void>
  /** Asks others whether the write may happen, before the synchronous rules. */
  review?(request: AdmissionRequest): void | Promise<void>
  /** Refuses. Synchronous, in the same turn as the write, so that counts and limits cannot be raced. */
  validate?(request: AdmissionRequest): void
}

/** All steps as one. */
export interface AdmissionChain {
  mutate(request: AdmissionRequest): Promise<void>
  review(request: AdmissionRequest): Promise<void>
  validate(request: AdmissionRequest): void
}

/** Runs `steps` in order. */
export function makeAdmissionChain(steps: AdmissionStep[]): AdmissionChain {
  return {
    async mutate(request) {
      for (const step of steps) {
        const pending = step.mutate?.(request)
        if (pending) await pending
      }
    },
    async review(request) {
      for (const step of steps) {
        const pending = step.review?.(request)
        if (pending) await pending
      }
    },
    validate(request) {
      for (const step of steps) step.validate?.(request)
    },
  }
}
