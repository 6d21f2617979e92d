import { expect, it } from 'vitest'
import { fieldManager } from '../kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../kubernetes/objects.ts'
import { studentChange, writerOf } from './changes.ts'

type Writer = { manager: string; time: string; subresource?: string }

const deployment = (spec: object, ...managedFields: Writer[]) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'backend', namespace: 'taskmaster', managedFields },
    spec,
  }) as unknown as KubeObject

const lab = { manager: fieldManager, time: '2026-01-01T00:00:05Z' }
const student = { manager: 'kubectl-patch', time: '2026-01-01T00:00:09Z' }
const controller = { manager: 'kube-controller-manager', time: '2026-01-01T00:01:00Z', subresource: 'status' }

it('tells who changed an object from its newest entry, whatever wrote the status since', () => {
  const object = deployment({ replicas: 1 }, student, controller, lab)
  const previous = deployment({ replicas: 2 }, controller, lab)
  expect(studentChange({ type: 'MODIFIED', kind: 'Deployment', object, previous }, 'taskmaster')?.text).toBe(
    'Deployment/backend changed (kubectl-patch): spec.replicas 2 → 1',
  )
})

it('leaves out what the lab did', () => {
  const object = deployment({ replicas: 1 }, { ...lab, time: '2026-01-01T00:00:07Z' })
  const previous = deployment({ replicas: 2 }, lab)
  expect(studentChange({ type: 'MODIFIED', kind: 'Deployment', object, previous }, 'taskmaster')).toBeUndefined()
  expect(studentChange({ type: 'ADDED', kind: 'Deployment', object }, 'taskmaster')).toBeUndefined()
})

it('notes a removal after a write of the lab, which leaves no entry of whoever made it', () => {
  const object = deployment({ replicas: 2 }, lab)
  const previous = deployment({ replicas: 2, paused: true }, lab)
  expect(writerOf(object, previous)).toBeUndefined()
  expect(studentChange({ type: 'MODIFIED', kind: 'Deployment', object, previous }, 'taskmaster')?.text).toBe(
    'Deployment/backend changed: spec.paused true → (none)',
  )
})

it('names an object outside the namespace with its own', () => {
  const metadata = { name: 'coredns', namespace: 'kube-system', managedFields: [student] }
  const object = { ...deployment({ replicas: 1 }), metadata } as unknown as KubeObject
  const previous = { ...deployment({ replicas: 0 }), metadata: { ...metadata, managedFields: [lab] } } as KubeObject
  expect(studentChange({ type: 'MODIFIED', kind: 'Deployment', object, previous }, 'taskmaster')?.object).toBe(
    'kube-system/Deployment/coredns',
  )
})

it('notes the removal of all that the last write of the lab had added, which takes its entry away', () => {
  const fault = { ...lab, time: '2026-01-01T00:00:07Z' }
  const object = deployment({ replicas: 2 }, lab)
  const previous = deployment({ replicas: 2, paused: true }, lab, fault)
  expect(studentChange({ type: 'MODIFIED', kind: 'Deployment', object, previous }, 'taskmaster')?.text).toBe(
    'Deployment/backend changed: spec.paused true → (none)',
  )
})
