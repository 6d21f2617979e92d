import { expect, test } from 'vitest'
import { problems } from '../testing/problems.ts'

const scaleTargetRef = { kind: 'Deployment', name: 'x' }
const autoscalerProblems = (spec: object) =>
  problems('HorizontalPodAutoscaler', { spec: { scaleTargetRef, maxReplicas: 3, ...spec } })

test.each([
  [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Percent', averageUtilization: 0 } } },
    [
      'target.type: Invalid value: "Percent": must be either Utilization, Value, or AverageValue',
      'target.averageUtilization: Invalid value: 0: must be greater than 0',
    ],
  ],
  [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Value', value: '1' } } },
    ['target.averageUtilization: Required value: must set either a target raw value or a target utilization'],
  ],
  [
    {
      type: 'Resource',
      resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50, averageValue: '100m' } },
    },
    ['target.averageValue: Forbidden: may not set both a target raw value and a target utilization'],
  ],
])('the metric %j is refused', (metric, expected) => {
  const found = autoscalerProblems({ metrics: [metric] }).map((text) => text.replace('spec.metrics[0].resource.', ''))
  expect(found).toEqual(expected)
})

test('a metric has the source that its type names, complete, and no other', () => {
  const target = { type: 'AverageValue', averageValue: '1' }
  const metrics = [
    { type: 'Pods', resource: { name: 'cpu', target } },
    { type: 'Resource', resource: { name: 'cpu', target }, pods: { metric: { name: 'p' }, target } },
    { type: 'Pods', pods: { metric: { name: '' }, target: { type: 'Value', value: '1' } } },
    { type: 'Load' },
  ]
  expect(autoscalerProblems({ metrics })).toEqual([
    'spec.metrics[0].pods: Required value: must populate information for the given metric source',
    'spec.metrics[1].pods: Forbidden: must populate the given metric source only',
    'spec.metrics[2].pods.metric.name: Required value: must specify a metric name',
    'spec.metrics[2].pods.target.averageValue: Required value: must specify a positive target averageValue',
    'spec.metrics[3].type: Unsupported value: "Load": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
  ])
})

test('how fast it scales has bounds', () => {
  const policies = [{ type: 'Fast', value: 0, periodSeconds: 3600 }]
  const behavior = { scaleUp: { stabilizationWindowSeconds: 4000, selectPolicy: 'Any', policies } }
  expect(autoscalerProblems({ behavior })).toEqual([
    'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600',
    'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Any": supported values: "Disabled", "Max", "Min"',
    'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Fast": supported values: "Percent", "Pods"',
    'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero',
    'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 3600: must be less than or equal to 1800',
  ])
})
