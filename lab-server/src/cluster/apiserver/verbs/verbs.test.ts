import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Pod } from '../../objects/types.ts'
import { makeVirtualClock } from '../../virtual-clock.ts'
import { ApiError } from '../errors.ts'
import { componentContext } from '../request-context.ts'
import { configMap, object, pod, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
const clock = makeVirtualClock(Date.UTC(2026, 10, 23, 3))
beforeAll(async () => {
  server = await startTestServer({ clock })
})
afterAll(() => server.stop())

async function failure(action: Promise<unknown>): Promise<ApiError> {
  try {
    await action
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('it did not fail')
}

describe('create', () => {
  it('sets what only the server sets', async () => {
    const sent = configMap('sets')
    Object.assign(sent.metadata, { uid: 'mine', deletionTimestamp: '2020-01-01T00:00:00Z', generation: 9 })
    const created = await server.client.create(sent)
    expect(created.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(created.metadata).toMatchObject({ creationTimestamp: '2026-11-23T03:00:00Z' })
    expect(created.metadata.deletionTimestamp).toBeUndefined()
    expect(created.metadata.generation).toBeUndefined()
  })

  it('completes a generated name with five letters that spell no words', async () => {
    const created = await server.client.create(object('v1', 'ConfigMap', { generateName: 'made-', namespace: 'test' }))
    expect(created.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('refuses a taken name, a missing namespace and one that is going away', async () => {
    await server.client.create(configMap('taken'))
    expect((await failure(server.client.create(configMap('taken')))).status).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "taken" already exists',
      details: { name: 'taken', kind: 'configmaps' },
    })
    const nowhere = object('v1', 'ConfigMap', { name: 'a', namespace: 'nowhere' })
    expect((await failure(server.client.create(nowhere))).message).toBe('namespaces "nowhere" not found')

    await server.client.create(object('v1', 'Namespace', { name: 'going' }))
    await server.client.remove('Namespace', { name: 'going' })
    const late = object('v1', 'ConfigMap', { name: 'new', namespace: 'going' })
    expect((await failure(server.client.create(late))).message).toBe(
      'configmaps "new" is forbidden: unable to create new content in namespace going because it is being terminated',
    )
  })

  it('drops a status that a client sends, but not that of a node', async () => {
    const deployment = object(
      'apps/v1',
      'Deployment',
      { name: 'stated', namespace: 'test' },
      {
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } },
        },
        status: { readyReplicas: 7 },
      },
    )
    expect((await server.client.create(deployment)).status).not.toHaveProperty('readyReplicas')
    const node = object('v1', 'Node', { name: 'node-9' }, { status: { capacity: { cpu: '2' } } })
    expect((await server.client.create(node)).status).toMatchObject({ capacity: { cpu: '2' } })
  })
})

describe('update', () => {
  it('refuses an outdated version in upstream words and takes one without a version', async () => {
    const created = await server.client.create(configMap('raced'))
    await server.client.update({ ...created, data: { x: '1' } })
    expect((await failure(server.client.update({ ...created, data: { x: '2' } }))).message).toBe(
      'Operation cannot be fulfilled on configmaps "raced": the object has been modified; please apply your changes to the latest version and try again',
    )
    const { resourceVersion: _v, ...metadata } = created.metadata
    expect((await server.client.update({ ...created, metadata, data: { x: '3' } })).data).toEqual({ x: '3' })
  })

  it('never loses one of many patches that race', async () => {
    await server.client.create(configMap('busy'))
    const patches = Array.from({ length: 30 }, (_, index) =>
      server.client.patch('ConfigMap', { namespace: 'test', name: 'busy' }, { data: { [`k${index}`]: 'v' } }),
    )
    await Promise.all(patches)
    const { data } = server.client.get('ConfigMap', { namespace: 'test', name: 'busy' })
    expect(Object.keys(data ?? {})).toHaveLength(30)
  })

  it('counts generations by the spec and keeps spec and status apart', async () => {
    const service = object(
      'apps/v1',
      'Deployment',
      { name: 'counted', namespace: 'test' },
      {
        spec: {
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'x', image: 'x' }] } },
        },
      },
    )
    const created = await server.client.create(service)
    expect(created.metadata.generation).toBe(1)
    const labelled = await server.client.update({ ...created, metadata: { ...created.metadata, labels: { l: '1' } } })
    expect(labelled.metadata.generation).toBe(1)
    const reported = await server.client.writeStatus(labelled, { replicas: 3 })
    expect(reported.metadata.generation).toBe(1)
    const spec = { ...(created.spec as object), replicas: 5 }
    const scaled = await server.client.update({ ...reported, spec, status: { replicas: 9 } })
    expect(scaled.metadata.generation).toBe(2)
    expect(scaled.status).toEqual({ replicas: 3 })
  })

  it('does not write when nothing differs', async () => {
    const created = await server.client.create(configMap('still', { a: 'b' }))
    const again = await server.client.update(created)
    expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion)
  })
})

describe('remove', () => {
  const key = (name: string) => ({ namespace: 'test', name })

  it('waits for the last finalizer and lets no new one in', async () => {
    const held = configMap('held')
    held.metadata.finalizers = ['example.com/hold']
    await server.client.create(held)
    await server.client.remove('ConfigMap', key('held'))
    const waiting = server.client.get('ConfigMap', key('held'))
    expect(waiting.metadata).toMatchObject({ deletionGracePeriodSeconds: 0 })
    const more = { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } }
    expect((await failure(server.client.patch('ConfigMap', key('held'), more))).message).toBe(
      'ConfigMap "held" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/more"}',
    )
    await server.client.patch('ConfigMap', key('held'), { metadata: { finalizers: null } })
    expect(server.client.find('ConfigMap', key('held'))).toBeUndefined()
  })

  it('gives a running pod its grace period, and shortens it when asked again', async () => {
    await server.client.create(pod('graceful'))
    await server.client.patch('Pod', key('graceful'), { spec: { nodeName: 'node-1' } }, 'binding')
    await server.client.remove('Pod', key('graceful'))
    expect(server.client.get('Pod', key('graceful')).metadata).toMatchObject({
      deletionTimestamp: '2026-11-23T03:00:30Z',
      deletionGracePeriodSeconds: 30,
    })
    await server.client.remove('Pod', key('graceful'), { gracePeriodSeconds: 5 })
    expect(server.client.get('Pod', key('graceful')).metadata).toMatchObject({
      deletionTimestamp: '2026-11-23T03:00:05Z',
      deletionGracePeriodSeconds: 5,
    })
    await server.client.remove('Pod', key('graceful'), { gracePeriodSeconds: 60 })
    expect(server.client.get('Pod', key('graceful')).metadata.deletionGracePeriodSeconds).toBe(5)
    await server.client.remove('Pod', key('graceful'), { gracePeriodSeconds: 0 })
    expect(server.client.find('Pod', key('graceful'))).toBeUndefined()
  })

  it('removes a pod that no node has at once', async () => {
    await server.client.create(pod('unscheduled'))
    await server.client.remove('Pod', key('unscheduled'))
    expect(server.client.find('Pod', key('unscheduled'))).toBeUndefined()
  })

  it('refuses when the object is not the one that was meant', async () => {
    await server.client.create(configMap('other'))
    const error = await failure(server.client.remove('ConfigMap', key('other'), { preconditions: { uid: 'old' } }))
    const { uid } = server.client.get('ConfigMap', key('other')).metadata
    // The kind, not the resource: upstream's own words.
    expect(error.status).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: `Operation cannot be fulfilled on ConfigMap "other": the UID in the precondition (old) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    })
  })

  it('shows watchers the last state that was stored, and the writer what it wrote', async () => {
    const seen: [string, object][] = []
    const stop = server.client.watch('ConfigMap', ({ type, object: { metadata } }) => {
      const { name, finalizers, deletionTimestamp } = metadata
      if (name === 'gone' || name === 'held') seen.push([`${type} ${name}`, { finalizers, deletionTimestamp }])
    })
    await server.client.create(configMap('gone'))
    await server.client.remove('ConfigMap', { namespace: 'test', name: 'gone' })
    const held = configMap('held')
    held.metadata.finalizers = ['example.com/hold']
    await server.client.create(held)
    const key = { namespace: 'test', name: 'held' }
    await server.client.remove('ConfigMap', key)
    const released = await server.client.patch('ConfigMap', key, { metadata: { finalizers: null } })
    await Promise.resolve()
    stop()
    const at = '2026-11-23T03:00:00Z'
    expect(seen.filter(([what]) => what.startsWith('DELETED'))).toEqual([
      ['DELETED gone', { finalizers: undefined, deletionTimestamp: undefined }],
      ['DELETED held', { finalizers: ['example.com/hold'], deletionTimestamp: at }],
    ])
    expect(released.metadata).not.toHaveProperty('finalizers')
    expect(released.metadata).toMatchObject({ deletionTimestamp: at })
  })

  it('creates by apply what was removed after apply had found it', async () => {
    const stored = await server.client.create(configMap('fleeting', { a: '1' }))
    const { registry } = server
    const kind = registry.core.kinds.find('', 'v1', 'configmaps')
    if (kind === undefined) throw new Error('no configmaps')
    const request = { type: 'application/apply-patch+yaml', body: configMap('fleeting', { a: '2' }), force: true }
    const context = componentContext('applier')
    const applying = registry.patch(kind, { namespace: 'test', name: 'fleeting' }, { request, context })
    registry.core.store.remove('configmaps', 'test/fleeting', stored.metadata.resourceVersion ?? '')
    expect(await applying).toMatchObject({ isCreated: true, object: { data: { a: '2' } } })
  })

  it('marks what the garbage collector has to do', async () => {
    await server.client.create(configMap('parent'))
    await server.client.remove('ConfigMap', key('parent'), { propagationPolicy: 'Foreground' })
    expect(server.client.get('ConfigMap', key('parent')).metadata.finalizers).toEqual(['foregroundDeletion'])
  })

  it('keeps the namespaces that a cluster needs', async () => {
    expect((await failure(server.client.remove('Namespace', { name: 'kube-system' }))).message).toBe(
      'namespaces "kube-system" is forbidden: this namespace may not be deleted',
    )
  })
})

describe('binding', () => {
  it('assigns a pod once', async () => {
    await server.client.create(pod('bound'))
    const key = { namespace: 'test', name: 'bound' }
    const bound = (await server.client.patch('Pod', key, { spec: { nodeName: 'node-1' } }, 'binding')) as Pod
    expect(bound.spec?.nodeName).toBe('node-1')
    expect(bound.metadata.generation).toBe(1)
    expect(bound.status?.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }))
    const again = server.client.patch('Pod', key, { spec: { nodeName: 'node-2' } }, 'binding')
    expect((await failure(again)).message).toContain('pod bound is already assigned to node "node-1"')
  })
})

describe('the in-process client', () => {
  it('shows a watcher what exists and then every change, and stops when told', async () => {
    const seen: string[] = []
    await server.client.create(configMap('watched'))
    const stop = server.client.watch('ConfigMap', ({ type, object }) => {
      if (object.metadata.name === 'watched') seen.push(`${type} ${object.data?.x ?? ''}`)
    })
    await Promise.resolve()
    await server.client.patch('ConfigMap', { namespace: 'test', name: 'watched' }, { data: { x: '1' } })
    await server.client.remove('ConfigMap', { namespace: 'test', name: 'watched' })
    await Promise.resolve()
    stop()
    await server.client.create(configMap('watched'))
    expect(seen).toEqual(['ADDED ', 'MODIFIED 1', 'DELETED 1'])
  })

  it('counts a repeated event, and combines a flood of similar ones', async () => {
    const subject = await server.client.create(configMap('eventful'))
    const report = (message: string) =>
      server.client.report(subject, { type: 'Warning', reason: 'Failed', message, component: 'tester' })
    for (let index = 0; index < 3; index += 1) report('the same')
    for (let index = 0; index < 12; index += 1) report(`different ${index}`)
    await clock.advance(0)
    const events = server.client
      .list('Event', { namespace: 'test', fieldSelector: 'involvedObject.name=eventful' })
      .map(({ message, count }) => `${count} ${message}`)
    expect(events).toContain('3 the same')
    expect(events.filter((text) => text.includes('different') && !text.includes('combined'))).toHaveLength(8)
    expect(events.filter((text) => text.includes('(combined from similar events): different 11'))).toEqual([
      '4 (combined from similar events): different 11',
    ])
  })
})
