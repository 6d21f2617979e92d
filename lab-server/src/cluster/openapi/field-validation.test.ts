import { describe, expect, test } from 'vitest'
import { fieldInspector, validateFields } from './field-validation.ts'

const deployment = { group: 'apps', version: 'v1', kind: 'Deployment' }
const configMap = { group: '', version: 'v1', kind: 'ConfigMap' }
const pod = { group: '', version: 'v1', kind: 'Pod' }
const secret = { group: '', version: 'v1', kind: 'Secret' }

const podWith = (container: object) => ({ spec: { containers: [{ name: 'a', ...container }] } })

describe('fields that do not exist', () => {
  test('are named by their path', () => {
    const object = { spec: { template: { spec: { containerz: [], containers: [{ imagee: 'x' }] } }, replicaz: 2 } }
    expect(validateFields(deployment, object).unknown).toEqual([
      'unknown field "spec.template.spec.containerz"',
      'unknown field "spec.template.spec.containers[0].imagee"',
      'unknown field "spec.replicaz"',
    ])
  })

  test('come before fields that are written twice', () => {
    const text = '{"metadata":{"name":"x","nmae":"y"},"dta":{},"data":{"a":"1","a":"2","a":"3"}}'
    expect(fieldInspector.unknownFields(configMap, JSON.parse(text), text)).toEqual([
      'unknown field "metadata.nmae"',
      'unknown field "dta"',
      'duplicate field "data.a"',
    ])
  })

  test('may be called like something that every JavaScript object has', () => {
    const object = JSON.parse('{"constructor":1,"__proto__":2,"data":{"constructor":"fine"}}')
    expect(validateFields(configMap, object).unknown).toEqual([
      'unknown field "constructor"',
      'unknown field "__proto__"',
    ])
  })

  test('of a custom kind are not known here, but those of its metadata are', () => {
    const lab = { group: 'example.com', version: 'v1', kind: 'Lab' }
    expect(validateFields(lab, { spec: { level: 3 }, metadata: { nmae: 'x' } }).unknown).toEqual([
      'unknown field "metadata.nmae"',
    ])
  })
})

describe('values of a wrong type', () => {
  test.each([
    [
      deployment,
      { spec: { replicas: 'two' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      deployment,
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      deployment,
      { spec: { template: { spec: { containers: [{ env: [{ name: 'A', value: 1 }] }] } } } },
      'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
    ],
    [
      pod,
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      configMap,
      { data: { a: true } },
      'json: cannot unmarshal bool into Go struct field ConfigMap.data of type string',
    ],
    [
      configMap,
      { metadata: { labels: [] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      pod,
      podWith({ resources: { limits: { cpu: 'lots' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [secret, { data: { a: 'not base64!' } }, 'illegal base64 data at input byte 3'],
    [secret, { data: { a: 'YWJj\nZA' } }, 'illegal base64 data at input byte 5'],
    [
      pod,
      podWith({ livenessProbe: { httpGet: { port: true } } }),
      'json: cannot unmarshal bool into Go value of type int32',
    ],
    [
      pod,
      { metadata: { creationTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])('of %o are told in the words of upstream’s decoder', (kind, object, message) => {
    expect(validateFields(kind, object).wrongType).toBe(message)
  })

  test('do not include null, or a number for an amount', () => {
    const object = podWith({ resources: { limits: { cpu: 1 } }, livenessProbe: null, env: null })
    expect(validateFields(pod, object)).toEqual({ unknown: [] })
  })
})
