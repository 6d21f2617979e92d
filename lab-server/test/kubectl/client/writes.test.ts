// What an API server makes of writes of the JavaScript client library: patches, apply, conflicts, deletion.
import {
  AuthenticationV1Api,
  AuthorizationV1Api,
  type KubernetesObject,
  PatchStrategy,
  PolicyV1Api,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../eventually.ts'
import { places } from '../places.ts'
import { type ClientPlace, openClientPlace } from './client-place.ts'
import { refusal } from './refusal.ts'

describe.each(places)('$name', (place) => {
  let at: ClientPlace
  beforeAll(async () => {
    at = await openClientPlace(place, 'writes')
  })
  afterAll(() => at?.stop())

  const object = (kind: string, apiVersion: string, name: string, rest: object = {}): KubernetesObject => ({
    apiVersion,
    kind,
    metadata: { name, namespace: at.namespace },
    ...rest,
  })
  const configMap = (name: string, rest: object = {}) => object('ConfigMap', 'v1', name, rest)
  const read = (name: string) => at.core.readNamespacedConfigMap({ namespace: at.namespace, name })
  const create = (name: string, data: Record<string, string> = {}, metadata: object = {}) =>
    at.core.createNamespacedConfigMap({ namespace: at.namespace, body: { metadata: { name, ...metadata }, data } })
  const patch = (body: KubernetesObject, strategy: PatchStrategy, fieldManager?: string, force?: boolean) =>
    at.objects.patch(body, undefined, undefined, fieldManager, force, strategy)
  const apply = (body: KubernetesObject, manager: string, force = false) =>
    patch(body, PatchStrategy.ServerSideApply, manager, force)
  const deployment = (name: string, containers: object[]) =>
    object('Deployment', 'apps/v1', name, {
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers } },
      },
    })
  const containersOf = async (name: string) =>
    (await at.apps.readNamespacedDeployment({ namespace: at.namespace, name })).spec?.template.spec?.containers

  it('refuses a second object of a name', async () => {
    await create('twin')
    expect(await refusal(create('twin'))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "twin" already exists',
      details: { name: 'twin', kind: 'configmaps' },
    })
  })

  it('draws a name, and says which', async () => {
    const { metadata } = await at.core.createNamespacedConfigMap({
      namespace: at.namespace,
      body: { metadata: { generateName: 'drawn-' } },
    })
    expect(metadata?.name).toMatch(/^drawn-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('replaces the version that the writer has seen, and no other', async () => {
    const first = await create('raced', { a: '1' })
    const replace = (data: Record<string, string>, resourceVersion?: string) =>
      at.core.replaceNamespacedConfigMap({
        namespace: at.namespace,
        name: 'raced',
        body: { metadata: { name: 'raced', ...(resourceVersion ? { resourceVersion } : {}) }, data },
      })
    const second = await replace({ a: '2' }, first.metadata?.resourceVersion)
    expect(await refusal(replace({ a: '3' }, first.metadata?.resourceVersion))).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message:
        'Operation cannot be fulfilled on configmaps "raced": the object has been modified; please apply your changes to the latest version and try again',
    })
    expect((await replace({ a: '4' })).metadata?.uid).toBe(second.metadata?.uid)
  })

  it('keeps the version when a write changes nothing', async () => {
    const created = await create('still', { a: '1' })
    const again = await patch(configMap('still', { data: { a: '1' } }), PatchStrategy.MergePatch)
    expect(again.metadata?.resourceVersion).toBe(created.metadata?.resourceVersion)
  })

  it('lets one of twenty writers of one version win', async () => {
    const { metadata } = await create('popular')
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        at.core.replaceNamespacedConfigMap({
          namespace: at.namespace,
          name: 'popular',
          body: {
            metadata: { name: 'popular', resourceVersion: metadata?.resourceVersion ?? '' },
            data: { winner: String(index) },
          },
        }),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('loses none of twenty merge patches at once', async () => {
    await create('shared')
    const numbers = Array.from({ length: 20 }, (_, index) => String(index))
    await Promise.all(
      numbers.map((key) => patch(configMap('shared', { data: { [`k${key}`]: key } }), PatchStrategy.MergePatch)),
    )
    expect(Object.keys((await read('shared')).data ?? {})).toHaveLength(20)
  })

  it('removes by merge patch what is null', async () => {
    await create('nulled', { a: '1', b: '2' })
    await patch(configMap('nulled', { data: { a: null, c: '3' } }), PatchStrategy.MergePatch)
    expect((await read('nulled')).data).toEqual({ b: '2', c: '3' })
  })

  it('merges lists by their keys in a strategic merge patch, and replaces them in a merge patch', async () => {
    await at.objects.create(deployment('lists', [{ name: 'one', image: 'busybox:1.36' }]))
    const spec = (containers: object[]) =>
      object('Deployment', 'apps/v1', 'lists', { spec: { template: { spec: { containers } } } })
    await patch(spec([{ name: 'two', image: 'nginx:1.25' }]), PatchStrategy.StrategicMergePatch)
    expect((await containersOf('lists'))?.map(({ name }) => name)).toEqual(['two', 'one'])
    await patch(spec([{ name: 'three', image: 'nginx:1.25' }]), PatchStrategy.MergePatch)
    expect((await containersOf('lists'))?.map(({ name }) => name)).toEqual(['three'])
  })

  it('applies, owns, shares and refuses fields by their managers', async () => {
    await apply(configMap('owned', { data: { x: '1', w: '2' } }), 'alice')
    await apply(configMap('owned', { data: { x: '1' } }), 'bob')
    const conflict = await refusal(apply(configMap('owned', { data: { x: '9' } }), 'bob'))
    expect(conflict).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "alice": .data.x',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "alice"', field: '.data.x' }] },
    })
    await apply(configMap('owned', { data: { x: '9' } }), 'bob', true)
    await apply(configMap('owned', { data: { w: '2' } }), 'alice')
    const { data, metadata } = await read('owned')
    expect(data).toEqual({ x: '9', w: '2' })
    expect(
      metadata?.managedFields?.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 })),
    ).toEqual([
      { manager: 'alice', operation: 'Apply', fieldsV1: { 'f:data': { 'f:w': {} } } },
      { manager: 'bob', operation: 'Apply', fieldsV1: { 'f:data': { 'f:x': {} } } },
    ])
  })

  it('removes what a manager no longer applies, unless another wants it', async () => {
    await apply(configMap('given-up', { data: { mine: '1', ours: '2' } }), 'alice')
    await apply(configMap('given-up', { data: { ours: '2' } }), 'bob')
    await apply(configMap('given-up'), 'alice')
    expect((await read('given-up')).data).toEqual({ ours: '2' })
  })

  it('refuses an apply without a manager', async () => {
    expect(await refusal(patch(configMap('nobodys'), PatchStrategy.ServerSideApply))).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: {
        causes: [
          {
            reason: 'FieldValueRequired',
            field: 'fieldManager',
            message: 'Required value: is required for apply patch',
          },
        ],
      },
    })
  })

  it('tells a dry run what would be and keeps nothing', async () => {
    const shown = await at.core.createNamespacedConfigMap({
      namespace: at.namespace,
      dryRun: 'All',
      body: { metadata: { name: 'dry' }, data: { a: 'b' } },
    })
    expect(shown.metadata?.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(await refusal(read('dry'))).toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "dry" not found',
    })
  })

  it('deletes only the object that the caller means', async () => {
    const { metadata } = await create('meant')
    const remove = (uid: string) =>
      at.core.deleteNamespacedConfigMap({ namespace: at.namespace, name: 'meant', body: { preconditions: { uid } } })
    const wrong = await refusal(remove('00000000-0000-0000-0000-000000000000'))
    expect(wrong).toMatchObject({ code: 409, reason: 'Conflict' })
    expect(wrong.message).toBe(
      `Operation cannot be fulfilled on ConfigMap "meant": the UID in the precondition (00000000-0000-0000-0000-000000000000) does not match the UID in record (${metadata?.uid}). The object might have been deleted and then recreated`,
    )
    expect(await remove(metadata?.uid ?? '')).toMatchObject({ status: 'Success', details: { uid: metadata?.uid } })
  })

  it('deletes a selection at once', async () => {
    for (const name of ['many-a', 'many-b', 'other-c']) await create(name, {}, { labels: { of: name.slice(0, 4) } })
    await at.core.deleteCollectionNamespacedConfigMap({ namespace: at.namespace, labelSelector: 'of=many' })
    const { items } = await at.core.listNamespacedConfigMap({ namespace: at.namespace, labelSelector: 'of' })
    expect(items.map(({ metadata }) => metadata?.name)).toEqual(['other-c'])
  })

  it('deletes what it owned after the owner, or before it, or not at all', async () => {
    const { namespace } = at
    const owned = async (policy: string) => {
      const owner = await create(`owner-${policy.toLowerCase()}`)
      const name = `owned-${policy.toLowerCase()}`
      await create(
        name,
        {},
        {
          ownerReferences: [
            {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              name: owner.metadata?.name,
              uid: owner.metadata?.uid,
              blockOwnerDeletion: true,
            },
          ],
        },
      )
      await at.core.deleteNamespacedConfigMap({
        namespace,
        name: owner.metadata?.name ?? '',
        propagationPolicy: policy,
      })
      return { name, owner: owner.metadata?.name ?? '' }
    }
    const gone = (name: string) =>
      expect.poll(async () => (await refusal(read(name)).catch(() => undefined))?.code, { timeout: 60_000 }).toBe(404)
    const background = await owned('Background')
    await gone(background.name)
    const foreground = await owned('Foreground')
    await gone(foreground.owner)
    expect(await refusal(read(foreground.name))).toMatchObject({ code: 404 })
    const orphan = await owned('Orphan')
    await gone(orphan.owner)
    expect((await read(orphan.name)).metadata?.ownerReferences).toBeUndefined()
  })

  it('reads and writes the scale of a deployment', async () => {
    await at.objects.create(deployment('scaled', [{ name: 'one', image: 'busybox:1.36' }]))
    const { namespace } = at
    // Its controller writes too: whoever meets it reads again.
    const scale = await eventually(async () => {
      const read = await at.apps.readNamespacedDeploymentScale({ namespace, name: 'scaled' })
      await at.apps.replaceNamespacedDeploymentScale({
        namespace,
        name: 'scaled',
        body: { ...read, spec: { replicas: 0 } },
      })
      return read
    })
    expect(scale).toMatchObject({ kind: 'Scale', spec: {}, status: { replicas: 0, selector: 'app=scaled' } })
    expect(
      await refusal(
        at.apps.replaceNamespacedDeploymentScale({
          namespace,
          name: 'scaled',
          body: { ...scale, spec: { replicas: -1 } },
        }),
      ),
    ).toMatchObject({
      code: 422,
      message:
        'Scale.autoscaling "scaled" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    })
  })

  it('counts a generation for each change of what is wanted, and none for labels', async () => {
    await at.objects.create(deployment('counted', [{ name: 'one', image: 'busybox:1.36' }]))
    const generation = async (rest: object) =>
      (await patch(object('Deployment', 'apps/v1', 'counted', rest), PatchStrategy.MergePatch)).metadata?.generation
    expect(await generation({ metadata: { name: 'counted', namespace: at.namespace, labels: { a: 'b' } } })).toBe(1)
    expect(await generation({ spec: { paused: true } })).toBe(2)
    expect(await generation({ spec: { paused: true } })).toBe(2)
  })

  it('lists every fault of an object at once', async () => {
    const bad = deployment('faulty', [{ name: 'Bad_Name', image: '' }])
    const status = await refusal(at.objects.create(bad))
    expect(status).toMatchObject({
      code: 422,
      reason: 'Invalid',
      details: { name: 'faulty', group: 'apps', kind: 'Deployment' },
    })
    expect(status.details?.causes?.map(({ reason, field }) => `${reason} ${field}`)).toEqual([
      'FieldValueInvalid spec.template.spec.containers[0].name',
      'FieldValueRequired spec.template.spec.containers[0].image',
    ])
  })

  it('evicts within the budget and not beyond', async ({ skip }) => {
    if (at.traits.minor < 22) skip('policy/v1 came with 1.21, its evictions with 1.22')
    const { namespace } = at
    const policy = at.config.makeApiClient(PolicyV1Api)
    await policy.createNamespacedPodDisruptionBudget({
      namespace,
      body: { metadata: { name: 'guard' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } } },
    })
    await at.core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name: 'guarded', labels: { app: 'guarded' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '3600'] }],
        },
      },
    })
    await expect
      .poll(
        async () =>
          (await policy.readNamespacedPodDisruptionBudget({ namespace, name: 'guard' })).status?.currentHealthy,
        {
          timeout: 60_000,
        },
      )
      .toBe(1)
    const evict = () =>
      at.core.createNamespacedPodEviction({ namespace, name: 'guarded', body: { metadata: { name: 'guarded' } } })
    expect(await refusal(evict())).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: 'DisruptionBudget' }] },
    })
    await policy.deleteNamespacedPodDisruptionBudget({ namespace, name: 'guard' })
    await eventually(evict, 10_000)
  })

  it('gives a token whose bearer is the account, and says what it may do', async () => {
    const { namespace } = at
    const body = { spec: { audiences: [], expirationSeconds: 600 } }
    const { status } = await at.core.createNamespacedServiceAccountToken({ namespace, name: 'default', body })
    const review = await at.config
      .makeApiClient(AuthenticationV1Api)
      .createTokenReview({ body: { spec: { token: status?.token ?? '' } } })
    expect(review.status).toMatchObject({
      authenticated: true,
      user: { username: `system:serviceaccount:${namespace}:default` },
    })
    const access = await at.config.makeApiClient(AuthorizationV1Api).createSubjectAccessReview({
      body: {
        spec: {
          user: `system:serviceaccount:${namespace}:default`,
          resourceAttributes: { namespace, verb: 'delete', resource: 'pods' },
        },
      },
    })
    expect(access.status?.allowed).toBe(false)
  })
})
