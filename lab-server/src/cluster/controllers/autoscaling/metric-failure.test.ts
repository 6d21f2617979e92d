import { expect, it } from 'vitest'
import { unservedFailure } from './metric-failure.ts'

const custom =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
const external =
  'unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered'
const target = { type: 'AverageValue', averageValue: '5' }
const describedObject = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'site' }

it('says which API it misses for metrics of pods and of objects', () => {
  const pods = { metric: { name: 'hits' }, target }
  expect(unservedFailure({ type: 'Pods', pods }, 'lab')).toEqual({
    reason: 'FailedGetPodsMetric',
    message: `unable to get metric hits: ${custom}`,
    summary: `failed to get pods metric value: unable to get metric hits: ${custom}`,
  })
  const object = { describedObject, metric: { name: 'hits' }, target: { type: 'Value', value: '5' } }
  const message = `unable to get metric hits: Ingress on lab site/${custom}`
  expect(unservedFailure({ type: 'Object', object }, 'lab')).toEqual({
    reason: 'FailedGetObjectMetric',
    message,
    summary: `failed to get object metric value: ${message}`,
  })
  expect(unservedFailure({ type: 'Object', object: { ...object, target } }, 'lab').summary).toBe(
    `failed to get object metric value: failed to get hits object metric: ${message}`,
  )
})

it('prints the selector of an external metric', () => {
  const selector = {
    matchLabels: { b: '2', a: '1' },
    matchExpressions: [{ key: 'c', operator: 'In', values: ['x', 'y'] }],
  }
  const printed =
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:c,Operator:In,Values:[x y],},},}'
  const message = `unable to get external metric lab/rate/${printed}: ${external}`
  expect(
    unservedFailure({ type: 'External', external: { metric: { name: 'rate', selector }, target } }, 'lab'),
  ).toEqual({
    reason: 'FailedGetExternalMetric',
    message,
    summary: `failed to get rate external metric value: failed to get rate external metric: ${message}`,
  })
})
