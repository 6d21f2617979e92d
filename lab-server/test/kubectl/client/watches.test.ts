// What a watch of a cluster guarantees, event by event, asked by the JavaScript client library.
import { KubeConfig, type V1ConfigMap } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { places } from '../places.ts'
import { type ClientPlace, openClientPlace } from './client-place.ts'
import { observe, watch } from './observe.ts'
import { outliveFirstVersions } from './outlive.ts'

describe.each(places)('$name', (place) => {
  let at: ClientPlace
  let path: string
  beforeAll(async () => {
    at = await openClientPlace(place, 'watches')
    path = `/api/v1/namespaces/${at.namespace}/configmaps`
  })
  afterAll(() => at?.stop())

  const create = (name: string, data: Record<string, string> = {}) =>
    at.core.createNamespacedConfigMap({ namespace: at.namespace, body: { metadata: { name, labels: { name } }, data } })
  const replace = (name: string, data: Record<string, string>) =>
    at.core.replaceNamespacedConfigMap({
      namespace: at.namespace,
      name,
      body: { metadata: { name, labels: { name } }, data },
    })
  const remove = (name: string) => at.core.deleteNamespacedConfigMap({ namespace: at.namespace, name })
  const versionOf = (object: { metadata?: { resourceVersion?: string } }) => object.metadata?.resourceVersion ?? ''
  const listVersion = async () =>
    (await at.core.listNamespacedConfigMap({ namespace: at.namespace })).metadata?.resourceVersion ?? ''
  const only = (name: string) => ({ fieldSelector: `metadata.name=${name}` })

  it('starts with additions of what is there when no version is named', async () => {
    const { metadata } = await create('there')
    const { told, stop } = await watch(at.config, path, only('there'))
    const first = await told.first(() => true)
    expect(first).toMatchObject({
      type: 'ADDED',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { uid: metadata?.uid } },
    })
    stop()
  })

  it('goes on after the version that it names, from any version', async () => {
    const versions = [versionOf(await create('replay'))]
    for (const round of ['1', '2', '3']) versions.push(versionOf(await replace('replay', { round })))
    for (const [index, resourceVersion] of versions.entries()) {
      const { told, stop } = await watch(at.config, path, { ...only('replay'), resourceVersion })
      await told.count(versions.length - 1 - index)
      expect(told.all.map(({ object }) => versionOf(object))).toEqual(versions.slice(index + 1))
      stop()
    }
  })

  it('tells of a deletion with the last state and a version of its own', async () => {
    const created = await create('leaving', { a: 'b' })
    const { told, stop } = await watch(at.config, path, { ...only('leaving'), resourceVersion: versionOf(created) })
    await remove('leaving')
    const { type, object } = await told.first(() => true)
    expect({ type, data: object.data }).toEqual({ type: 'DELETED', data: { a: 'b' } })
    expect(Number(versionOf(object))).toBeGreaterThan(Number(versionOf(created)))
    stop()
  })

  it('tells of the request for deletion and of the end when a finalizer stands between', async () => {
    const { namespace } = at
    const body = { metadata: { name: 'held', finalizers: ['example.com/hold'] } }
    const created = await at.core.createNamespacedConfigMap({ namespace, body })
    const { told, stop } = await watch(at.config, path, { ...only('held'), resourceVersion: versionOf(created) })
    await remove('held')
    await told.count(1)
    const held = await at.core.readNamespacedConfigMap({ namespace, name: 'held' })
    await at.core.replaceNamespacedConfigMap({
      namespace,
      name: 'held',
      body: { ...held, metadata: { ...held.metadata, finalizers: [] } },
    })
    await told.count(2)
    expect(told.all.map(({ type }) => type)).toEqual(['MODIFIED', 'DELETED'])
    expect(told.all[0]?.object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 0,
      deletionTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    })
    stop()
  })

  it('says that a version is too old, in an event, and ends', async () => {
    await outliveFirstVersions(at)
    const { told, ended } = await watch(at.config, path, { resourceVersion: '1' })
    const { type, object } = await told.first(() => true)
    expect({ type, object }).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
    })
    expect(object.message).toMatch(/^too old resource version: 1 \(\d+\)$/)
    expect(await ended).toBeNull()
  })

  it('makes an informer whose version is gone list again, and tell nothing twice', async () => {
    const list = () => at.core.listNamespacedConfigMap({ namespace: at.namespace, ...only('survivor') })
    await create('survivor')
    let isFirst = true
    const informer = await observe<V1ConfigMap>(at.config, path, async () => {
      const listed = await list()
      if (isFirst && listed.metadata) listed.metadata.resourceVersion = '1'
      isFirst = false
      return listed
    })
    await expect.poll(() => informer.lists(), { timeout: 10_000 }).toBe(2)
    await create('successor')
    await informer.told.first(({ name }) => name === 'successor')
    expect(informer.told.all.map(({ verb, name }) => `${verb} ${name}`)).toEqual(['add survivor', 'add successor'])
    await informer.stop()
  })

  it('ends by itself after the time that it asked for', async () => {
    const started = Date.now()
    const { ended } = await watch(at.config, path, { timeoutSeconds: 1 })
    expect(await ended).toBeNull()
    expect(Date.now() - started).toBeGreaterThan(900)
  })

  it('marks its place before its time is over when asked to', async () => {
    const before = await listVersion()
    const { told, ended } = await watch(at.config, path, {
      resourceVersion: before,
      allowWatchBookmarks: true,
      timeoutSeconds: 5,
    })
    await ended
    const marks = told.all.filter(({ type }) => type === 'BOOKMARK')
    expect(marks).not.toEqual([])
    const { kind, apiVersion, metadata } = marks[0]?.object ?? {}
    expect({ kind, apiVersion, name: metadata.name, uid: metadata.uid }).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
    })
    expect(Number(versionOf(marks[0]?.object))).toBeGreaterThanOrEqual(Number(before))
  })

  it('is silent about its place unless asked', async () => {
    const { told, ended } = await watch(at.config, path, { resourceVersion: await listVersion(), timeoutSeconds: 3 })
    await ended
    expect(told.all).toEqual([])
  })

  it('sends the initial events and marks their end when asked for a list in a stream', async ({ skip }) => {
    if (at.traits.minor < 32) skip('streamed lists came with 1.32')
    await create('streamed')
    const { told, stop } = await watch(at.config, path, {
      sendInitialEvents: true,
      resourceVersionMatch: 'NotOlderThan',
      allowWatchBookmarks: true,
    })
    const mark = await told.first(({ type }) => type === 'BOOKMARK')
    expect(mark.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    const { items } = await at.core.listNamespacedConfigMap({ namespace: at.namespace })
    const added = told.all.slice(0, -1)
    expect(added.every(({ type }) => type === 'ADDED')).toBe(true)
    expect(added.map(({ object }) => object.metadata.name).sort()).toEqual(
      items.map(({ metadata }) => metadata?.name).sort(),
    )
    stop()
  })

  it('gives a selector only what fits it, and additions and deletions where that changes, those as it last fitted', async () => {
    const { namespace } = at
    const labelled = (color: string) => ({ metadata: { name: 'painted', labels: { color } } })
    const created = await at.core.createNamespacedConfigMap({ namespace, body: labelled('red') })
    const { told, stop } = await watch(at.config, path, {
      labelSelector: 'color=blue',
      resourceVersion: versionOf(created),
    })
    for (const color of ['blue', 'green', 'blue'])
      await at.core.replaceNamespacedConfigMap({ namespace, name: 'painted', body: labelled(color) })
    await remove('painted')
    await told.count(4)
    expect(told.all.map(({ type, object }) => `${type} ${object.metadata.labels.color}`)).toEqual([
      'ADDED blue',
      'DELETED blue',
      'ADDED blue',
      'DELETED blue',
    ])
    stop()
  })

  it('loses nothing between a list and the watch that follows it', async () => {
    const { namespace } = at
    const names = Array.from({ length: 60 }, (_, index) => `gap-${index}`)
    const writing = (async () => {
      for (const name of names) await create(name)
    })()
    const list = await at.core.listNamespacedConfigMap({ namespace })
    const { told, stop } = await watch(at.config, path, { resourceVersion: list.metadata?.resourceVersion ?? '' })
    await writing
    await told.first(({ object }) => object.metadata.name === names.at(-1))
    const listed = list.items.map(({ metadata }) => metadata?.name ?? '').filter((name) => name.startsWith('gap-'))
    expect([...listed, ...told.all.map(({ object }) => object.metadata.name)]).toEqual(expect.arrayContaining(names))
    expect(listed.length + told.all.length).toBe(names.length)
    stop()
  })

  it('pages through a list that stays as it was at its first page', async () => {
    const { namespace } = at
    for (const name of ['page-a', 'page-b', 'page-c']) await create(name, { page: 'yes' })
    const labelSelector = 'name in (page-a,page-b,page-c)'
    const first = await at.core.listNamespacedConfigMap({ namespace, labelSelector, limit: 2 })
    expect(first.items.map(({ metadata }) => metadata?.name)).toEqual(['page-a', 'page-b'])
    await remove('page-c')
    const rest = await at.core.listNamespacedConfigMap({
      namespace,
      labelSelector,
      limit: 2,
      _continue: first.metadata?._continue ?? '',
    })
    expect(rest.items.map(({ metadata }) => metadata?.name)).toEqual(['page-c'])
    expect(rest.metadata).toMatchObject({ resourceVersion: first.metadata?.resourceVersion })
    expect(rest.metadata?._continue).toBeUndefined()
  })

  it('refuses a version that is no number', async () => {
    const { ended } = await watch(at.config, path, { resourceVersion: 'yesterday' })
    // Old servers take it for a mistake of their own.
    expect(await ended).toMatchObject({ statusCode: at.traits.minor < 36 ? expect.any(Number) : 422 })
  })

  it('refuses what a caller may not watch', async () => {
    const { clusters, contexts, currentContext } = at.config
    const reader = new KubeConfig()
    const users = [
      { ...at.config.getCurrentUser(), name: at.config.getCurrentUser()?.name ?? '', impersonateUser: 'nobody' },
    ]
    reader.loadFromOptions({ clusters, contexts, currentContext, users })
    const { ended } = await watch(reader, '/api/v1/nodes', {})
    expect(await ended).toMatchObject({ statusCode: 403 })
  })
})
