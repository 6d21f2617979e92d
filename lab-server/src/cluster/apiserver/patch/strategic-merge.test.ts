import { describe, expect, it } from 'vitest'
import type { JsonObject } from './json-value.ts'
import { findBuiltInSchema, untyped } from './merge-schema.ts'
import { StrategicMergeError } from './strategic-lists.ts'
import { applyStrategicMerge } from './strategic-merge.ts'

const deployment = findBuiltInSchema('apps/v1', 'Deployment') ?? untyped
const service = findBuiltInSchema('v1', 'Service') ?? untyped
const pod = findBuiltInSchema('v1', 'Pod') ?? untyped
const serviceAccount = findBuiltInSchema('v1', 'ServiceAccount') ?? untyped

/** A Deployment with a pod spec. */
function withPodSpec(spec: JsonObject, rest: JsonObject = {}): JsonObject {
  return { spec: { ...rest, template: { spec } } }
}

function patchedPodSpec(original: JsonObject, patch: JsonObject): JsonObject {
  const result = applyStrategicMerge(withPodSpec(original), withPodSpec(patch), deployment)
  return (result.spec as { template: { spec: JsonObject } }).template.spec
}

describe('maps', () => {
  it('merges members and deletes those that are null', () => {
    const original = { metadata: { labels: { a: '1', b: '2' } } }
    const patch = { metadata: { labels: { b: null, c: '3' } } }
    expect(applyStrategicMerge(original, patch, pod)).toEqual({ metadata: { labels: { a: '1', c: '3' } } })
  })

  it('replaces a map under $patch: replace', () => {
    const patch = { metadata: { labels: { $patch: 'replace', c: '3' } } }
    expect(applyStrategicMerge({ metadata: { labels: { a: '1' } } }, patch, pod)).toEqual({
      metadata: { labels: { c: '3' } },
    })
  })

  it('empties a map under $patch: delete', () => {
    const patch = { metadata: { labels: { $patch: 'delete' } } }
    expect(applyStrategicMerge({ metadata: { labels: { a: '1' } } }, patch, pod)).toEqual({ metadata: { labels: {} } })
  })

  it('drops nulls and directives from what it adds', () => {
    const patch = { spec: { securityContext: { runAsUser: 1, fsGroup: null, $retainKeys: ['runAsUser'] } } }
    expect(applyStrategicMerge({ spec: {} }, patch, pod)).toEqual({ spec: { securityContext: { runAsUser: 1 } } })
  })

  it('refuses an unknown directive', () => {
    const patch = { spec: { $patch: 'nonsense' } }
    expect(() => applyStrategicMerge({ spec: {} }, patch, pod)).toThrow("unknown patch type 'nonsense' in map: ")
  })
})

describe('keyed lists', () => {
  it('adds a container beside the present one, the new one first', () => {
    // The example of "Use a strategic merge patch to update a Deployment".
    const spec = patchedPodSpec(
      { containers: [{ name: 'patch-demo-ctr', image: 'nginx' }] },
      { containers: [{ name: 'patch-demo-ctr-2', image: 'redis' }] },
    )
    expect(spec.containers).toEqual([
      { name: 'patch-demo-ctr-2', image: 'redis' },
      { name: 'patch-demo-ctr', image: 'nginx' },
    ])
  })

  it('merges into the container of the same name', () => {
    const original: JsonObject = {
      containers: [
        { name: 'a', image: 'a:1', ports: [{ containerPort: 80 }] },
        { name: 'b', image: 'b:1' },
      ],
    }
    expect(patchedPodSpec(original, { containers: [{ name: 'b', image: 'b:2' }] }).containers).toEqual([
      { name: 'a', image: 'a:1', ports: [{ containerPort: 80 }] },
      { name: 'b', image: 'b:2' },
    ])
  })

  it('replaces a list that is not keyed', () => {
    // The example of the same page: tolerations have no merge key.
    const original = { tolerations: [{ key: 'dedicated', effect: 'NoSchedule', value: 'test-team' }] }
    const patch = { tolerations: [{ key: 'disktype', effect: 'NoSchedule', value: 'ssd' }] }
    expect(patchedPodSpec(original, patch).tolerations).toEqual(patch.tolerations)
  })

  it('merges environment variables by name, inside the container', () => {
    const original: JsonObject = {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '2' },
          ],
        },
      ],
    }
    const patch: JsonObject = {
      containers: [
        {
          name: 'a',
          env: [
            { name: 'Y', value: '3' },
            { name: 'X', $patch: 'delete' },
          ],
        },
      ],
    }
    expect(patchedPodSpec(original, patch).containers).toEqual([{ name: 'a', env: [{ name: 'Y', value: '3' }] }])
  })

  it('replaces a keyed list that holds $patch: replace', () => {
    const original = { containers: [{ name: 'a' }, { name: 'b' }] }
    const patch: JsonObject = { containers: [{ name: 'c' }, { $patch: 'replace' }] }
    expect(patchedPodSpec(original, patch).containers).toEqual([{ name: 'c' }])
  })

  it('merges Service ports by port number', () => {
    const original = { spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] } }
    const patch = { spec: { ports: [{ port: 80, targetPort: 8080 }] } }
    expect(applyStrategicMerge(original, patch, service)).toEqual({
      spec: { ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
    })
  })

  it('replaces an atomic map member by member all the same, as upstream does', () => {
    const original = { spec: { selector: { app: 'a', tier: 'b' } } }
    expect(applyStrategicMerge(original, { spec: { selector: { app: 'c' } } }, service)).toEqual({
      spec: { selector: { app: 'c', tier: 'b' } },
    })
  })

  it('refuses an item without its key', () => {
    const patch = { containers: [{ image: 'x' }] }
    expect(() => patchedPodSpec({ containers: [{ name: 'a' }] }, patch)).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    )
  })
})

describe('lists of scalars', () => {
  const original = { metadata: { finalizers: ['a', 'b'] } }

  it('adds what is not there yet', () => {
    const patch = { metadata: { finalizers: ['b', 'c'] } }
    expect(applyStrategicMerge(original, patch, pod)).toEqual({ metadata: { finalizers: ['a', 'b', 'c'] } })
  })

  it('removes what $deleteFromPrimitiveList names', () => {
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a', 'x'] } }
    expect(applyStrategicMerge(original, patch, pod)).toEqual({ metadata: { finalizers: ['b'] } })
  })

  it('does nothing when $deleteFromPrimitiveList names an absent list', () => {
    const patch = { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }
    expect(applyStrategicMerge({ metadata: {} }, patch, pod)).toEqual({ metadata: {} })
  })

  it('replaces lists of scalars that do not merge, such as args', () => {
    const spec = patchedPodSpec(
      { containers: [{ name: 'a', args: ['1'] }] },
      { containers: [{ name: 'a', args: ['2'] }] },
    )
    expect(spec.containers).toEqual([{ name: 'a', args: ['2'] }])
  })
})

describe('$setElementOrder', () => {
  it('orders a list without changing it', () => {
    const spec = patchedPodSpec(
      { containers: [{ name: 'a' }, { name: 'b' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
    )
    expect(spec.containers).toEqual([{ name: 'b' }, { name: 'a' }])
  })

  it('orders patched items as asked and keeps what only the server has in its place', () => {
    // kubectl apply sends this when a container was added and another injected meanwhile.
    const spec = patchedPodSpec(
      { containers: [{ name: 'a' }, { name: 'injected' }, { name: 'b' }] },
      {
        '$setElementOrder/containers': [{ name: 'a' }, { name: 'c' }, { name: 'b' }],
        containers: [{ name: 'c', image: 'c' }],
      },
    )
    expect(spec.containers).toEqual([{ name: 'a' }, { name: 'c', image: 'c' }, { name: 'injected' }, { name: 'b' }])
  })

  it('deletes and orders at once', () => {
    const spec = patchedPodSpec(
      {
        volumes: [
          { name: 'x', emptyDir: {} },
          { name: 'y', emptyDir: {} },
        ],
      },
      { '$setElementOrder/volumes': [{ name: 'y' }], volumes: [{ $patch: 'delete', name: 'x' }] },
    )
    expect(spec.volumes).toEqual([{ name: 'y', emptyDir: {} }])
  })

  it('orders scalars', () => {
    const patch = { metadata: { '$setElementOrder/finalizers': ['b', 'a'], finalizers: ['a'] } }
    expect(applyStrategicMerge({ metadata: { finalizers: ['b'] } }, patch, pod)).toEqual({
      metadata: { finalizers: ['b', 'a'] },
    })
  })

  it('refuses a list in another order than it states', () => {
    const patch = {
      '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }],
      containers: [{ name: 'b' }, { name: 'a' }],
    }
    expect(() => patchedPodSpec({ containers: [] }, patch)).toThrow("doesn't match $setElementOrder list")
  })
})

describe('$retainKeys', () => {
  it('drops members that another choice leaves behind', () => {
    // Recreate has no rollingUpdate: the documentation's example of the directive.
    const original = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '30%' } } } }
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
    expect(applyStrategicMerge(original, patch, deployment)).toEqual({ spec: { strategy: { type: 'Recreate' } } })
  })

  it('drops the old source of a volume', () => {
    const spec = patchedPodSpec(
      { volumes: [{ name: 'data', emptyDir: {} }] },
      { volumes: [{ name: 'data', $retainKeys: ['name', 'configMap'], configMap: { name: 'c' } }] },
    )
    expect(spec.volumes).toEqual([{ name: 'data', configMap: { name: 'c' } }])
  })

  it('refuses a patch that sets what it does not retain', () => {
    const patch = { spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } }
    expect(() => applyStrategicMerge({ spec: {} }, { ...patch }, deployment)).not.toThrow()
    expect(() => applyStrategicMerge({ spec: { strategy: {} } }, patch, deployment)).toThrow(StrategicMergeError)
  })
})

it('changes neither the object nor the patch', () => {
  const original = { secrets: [{ name: 'a' }] }
  const patch = { '$setElementOrder/secrets': [{ name: 'b' }, { name: 'a' }], secrets: [{ name: 'b' }] }
  const before = JSON.stringify([original, patch])
  applyStrategicMerge(original, patch, serviceAccount)
  expect(JSON.stringify([original, patch])).toBe(before)
})
