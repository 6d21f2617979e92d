import { expect, test } from 'vitest'
import { eventFromCore, eventToCore } from '../core/event-conversion.ts'
import type { KubeObject } from '../types.ts'
import { autoscalerFromV2, autoscalerToV2 } from './conversion.ts'

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }
const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } }

test('an autoscaler of v1 is stored with its CPU target as a metric', () => {
  const v1 = {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
  }
  const stored = autoscalerToV2(v1)
  expect(stored).toMatchObject({ apiVersion: 'autoscaling/v2', spec: { maxReplicas: 3, metrics: [cpu] } })
  expect(autoscalerFromV2(stored)).toEqual(v1)
})

test('what v1 cannot say survives reading and writing it as v1', () => {
  const v2: KubeObject = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', annotations: { note: 'kept' } },
    spec: { maxReplicas: 3, metrics: [cpu, memory], behavior: { scaleDown: { selectPolicy: 'Max' } } },
  }
  expect(autoscalerToV2(autoscalerFromV2(v2))).toEqual(v2)
})

test('an Event is the same in both of its groups', () => {
  const core: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p' },
    message: 'm',
    count: 2,
  }
  expect(eventFromCore(core)).toMatchObject({ regarding: { name: 'p' }, note: 'm', deprecatedCount: 2 })
  expect(eventToCore(eventFromCore(core))).toEqual(core)
})
