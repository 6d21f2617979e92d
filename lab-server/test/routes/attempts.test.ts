import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attempt, Hints, Report } from '../../src/contract/attempts.ts'
import type { AttemptRecord } from '../../src/lab/attempt-record.ts'
import { makeMemoryStore } from '../../src/lab/attempt-store.ts'
import type { Deployment, ServiceObject } from '../../src/lab/kubernetes/objects.ts'
import type { FakeSandbox } from './fake/fake-cluster.ts'
import { eventually, type LabUnderTest, startLabUnderTest } from './lab-under-test.ts'

let under: LabUnderTest
beforeEach(async () => {
  under = await startLabUnderTest()
})
afterEach(() => under.stop())

const onlySandbox = () => [...under.provider.sandboxes.values()][0] as FakeSandbox
const read = async (id: string) => (await under.call('GET', `/attempts/${id}`)).json() as Attempt
const inState = (id: string, state: string) =>
  eventually(async () => {
    const attempt = await read(id)
    return attempt.state === state ? attempt : undefined
  })
const setSelector = (app: string) =>
  onlySandbox().edit('services', 'backend-svc', (object) => {
    ;(object as ServiceObject).spec.selector = { app }
  })

describe('an attempt', () => {
  it('answers at once while it is prepared, then is broken with red checks and no points', async () => {
    const started = await under.call('POST', '/attempts', { scenarioId: 'tasks-do-not-load', seed: 7 })
    expect(started.status).toBe(201)
    expect(started.json()).toMatchObject({ scenarioId: 'tasks-do-not-load', state: 'preparing', seed: 7 })
    const { id } = await inState((started.json() as Attempt).id, 'broken')
    const attempt = await eventually(async () => {
      const now = await read(id)
      return now.checks.every(({ status }) => status === 'failed') ? now : undefined
    })
    expect(attempt.checks.map(({ id, status }) => [id, status])).toEqual([
      ['tasks', 'failed'],
      ['endpoints', 'failed'],
      ['health', 'failed'],
    ])
    expect(attempt.checks[0]?.observed).toBe('503 Service Unavailable')
    expect(attempt.score.points).toBe(0)
    expect(attempt.stages.every((stage) => stage.state === 'done')).toBe(true)
    expect(attempt.appUrl).toBe(`http://${attempt.id}.app.localhost:8080/`)
  })

  it('is solved by the repair, after the hold window, with full points and a report', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    setSelector('backend')
    const attempt = await inState(id, 'solved')
    expect(attempt.score).toMatchObject({ points: 100, max: 100 })
    expect([...attempt.checks, ...attempt.invariants].filter(({ status }) => status !== 'passed')).toEqual([])
    const report = (await under.call('GET', `/attempts/${id}/report`)).json() as Report
    expect(report.cause).toContain('app=backend-api')
    expect(report.changes[0]).toMatchObject({ object: 'Service/backend-svc', change: 'modified' })
    expect(report.changes[0]?.edits[0]?.text).toMatch(/^changed .*spec\.selector\.app/)
    expect(report.changes[0]?.diff).toContain('-    app: backend-api\n+    app: backend')
    expect(report.timeline.map(({ text }) => text)).toContain(
      'Service/backend-svc changed (kubectl-edit): spec.selector.app "backend-api" → "backend"',
    )
    expect(report.secondsToRepair).toBeGreaterThan(0)
  })

  it('is not solved while the application flaps', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    for (let round = 0; round < 3; round++) {
      setSelector('backend')
      await eventually(async () => (await read(id)).holding ?? undefined)
      setSelector('wrong')
      await eventually(async () => ((await read(id)).holding === null ? true : undefined))
    }
    expect((await read(id)).state).toBe('broken')
  })

  it('refuses a probe that was removed instead of repaired, by name', async () => {
    const { id } = await under.broken('api-pods-never-ready')
    onlySandbox().edit('deployments', 'backend', (object) => {
      const [container] = (object as Deployment).spec.template.spec.containers
      delete container?.readinessProbe
    })
    await eventually(async () =>
      (await read(id)).checks.every(({ status }) => status === 'passed') ? true : undefined,
    )
    const attempt = (await under.call('POST', `/attempts/${id}/check`)).json() as Attempt
    expect(attempt.state).toBe('broken')
    expect(attempt.invariants.find((result) => result.id === 'INV-2')?.observed).toBe(
      'the readiness probe was removed, not repaired in Deployment/backend',
    )
  })

  it('refuses a pod that answers in place of the Deployment', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const pod = onlySandbox()
      .store.list('pods')
      .find((object) => object.metadata.labels?.app === 'backend')
    onlySandbox().edit('pods', pod?.metadata.name ?? '', (object) => {
      object.metadata.labels = { app: 'backend-api' }
      object.metadata.ownerReferences = undefined
    })
    const seen = await eventually(async () => {
      const check = (await read(id)).checks.find((candidate) => candidate.id === 'endpoints')
      return check?.observed.includes('does not belong') ? check : undefined
    })
    expect(seen.observed).toBe(
      `pod ${pod?.metadata.name} answers for backend-svc but does not belong to Deployment/backend`,
    )
  })

  it('gives no points for deleting what is broken', async () => {
    const { id } = await under.broken('backend-pods-do-not-start')
    onlySandbox().store.remove('deployments', 'taskmaster', 'backend')
    const workloads = await eventually(async () => {
      const found = (await read(id)).invariants.find((result) => result.id === 'INV-1')
      return found?.status === 'failed' ? found : undefined
    })
    expect(workloads.observed).toBe('Deployment/backend was deleted')
    expect((await read(id)).score.points).toBe(0)
  })

  it('says unknown, not failed, while the cluster cannot be reached', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    onlySandbox().setDown(true)
    const blind = await eventually(async () => {
      const { checks } = await read(id)
      return checks.every(({ status }) => status === 'unknown') ? checks : undefined
    })
    expect(blind[0]?.observed).toBe('the cluster cannot be reached at the moment')
    onlySandbox().setDown(false)
    setSelector('backend')
    expect((await inState(id, 'solved')).score.points).toBe(100)
  })

  it('leaves kubectl rollout undo nothing to go back to', async () => {
    await under.broken('backend-pods-do-not-start')
    const sets = onlySandbox()
      .store.list('replicasets')
      .filter((set) => set.metadata.name.startsWith('backend-'))
    expect(sets).toHaveLength(1)
  })

  it('gives the student their rights back when they delete them', async () => {
    await under.broken('tasks-do-not-load')
    const { store } = onlySandbox()
    store.remove('rolebindings', 'taskmaster', 'taskmaster-lab:student')
    await eventually(() => store.find('rolebindings', 'taskmaster', 'taskmaster-lab:student'))
  })

  it('does not say where the fault is before it is solved', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const events: object[] = []
    const stop = under.lab.subscribe({ id: 'i', role: 'instructor', name: 'I' }, id, (event) => events.push(event))
    stop()
    const timeline = events.find((event) => 'type' in event && event.type === 'timeline')
    expect(JSON.stringify(timeline)).toContain('The application was broken')
    expect(JSON.stringify(timeline)).not.toContain('backend-svc')
  })

  it('is healthy and broken again after a reset, and can be solved again', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    onlySandbox().store.remove('ingresses', 'taskmaster', 'taskmaster-ingress')
    const reset = await under.call('POST', `/attempts/${id}/reset`)
    expect(reset.json()).toMatchObject({ id, state: 'preparing' })
    const again = await inState(id, 'broken')
    expect(again.invariants.find((result) => result.id === 'INV-10')?.status).toBe('passed')
    expect(onlySandbox().store.find('services', 'taskmaster', 'backend-svc')?.spec).toMatchObject({
      selector: { app: 'backend-api' },
    })
    setSelector('backend')
    expect((await inState(id, 'solved')).score.points).toBe(100)
  })

  it('has kept what it answers, however slow the store is: a crash right after it loses no reset and no hint', async () => {
    await under.stop()
    const kept = makeMemoryStore()
    const slow = { ...kept, save: (record: AttemptRecord) => sleep(30).then(() => kept.save(record)) }
    under = await startLabUnderTest({ store: slow })
    const { id } = await under.broken('tasks-do-not-load')
    await under.call('POST', `/attempts/${id}/hints`)
    expect((await kept.find(id))?.hintsRevealed).toBe(1)
    await under.call('POST', `/attempts/${id}/reset`)
    expect((await kept.find(id))?.state).toBe('preparing')
  })

  it('reveals hints one after the other for their cost', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    const before = (await under.call('GET', `/attempts/${id}/hints`)).json() as Hints
    expect(before).toEqual({ revealed: [], nextCost: 5, total: 3 })
    const first = (await under.call('POST', `/attempts/${id}/hints`)).json() as Hints
    expect(first.revealed).toHaveLength(1)
    expect(first.nextCost).toBe(10)
    await under.call('POST', `/attempts/${id}/hints`)
    await under.call('POST', `/attempts/${id}/hints`)
    const none = await under.call('POST', `/attempts/${id}/hints`)
    expect([none.status, none.json()]).toMatchObject([409, { code: 'no-hint-left' }])
    setSelector('backend')
    expect((await inState(id, 'solved')).score.points).toBe(65)
  })

  it('ends with its sandbox, and says so afterwards', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    expect((await under.call('DELETE', `/attempts/${id}`)).status).toBe(204)
    expect(under.provider.sandboxes.size).toBe(0)
    expect(await read(id)).toMatchObject({ state: 'abandoned' })
    const check = await under.call('POST', `/attempts/${id}/check`)
    expect([check.status, check.json()]).toMatchObject([409, { code: 'attempt-ended' }])
    expect((await under.call('GET', `/attempts/${id}/report`)).status).toBe(200)
    expect((await under.call('DELETE', `/attempts/${id}`)).status).toBe(204)
  })

  it('can be ended while it is prepared', async () => {
    const { id } = (await under.call('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })).json() as Attempt
    expect((await under.call('DELETE', `/attempts/${id}`)).status).toBe(204)
    expect(under.provider.sandboxes.size).toBe(0)
    expect((await read(id)).state).toBe('abandoned')
  })

  it('fails with a reason when there is no sandbox for it', async () => {
    under.provider.failNext('no addresses are left on this machine')
    const { id } = (await under.call('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })).json() as Attempt
    expect(await inState(id, 'failed')).toMatchObject({ problem: 'no addresses are left on this machine' })
    expect(under.provider.sandboxes.size).toBe(0)
  })

  it('is taken up again after a restart of the server', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    await under.lab.stop()
    const { provider, store } = under
    const again = await startLabUnderTest({ provider, store })
    expect((await again.call('GET', `/attempts/${id}`)).json()).toMatchObject({ state: 'broken' })
    setSelector('backend')
    const solved = await eventually(async () => {
      const attempt = (await again.call('GET', `/attempts/${id}`)).json() as Attempt
      return attempt.state === 'solved' ? attempt : undefined
    })
    expect(solved.score.points).toBe(100)
    await again.lab.stop()
    await again.app.close()
  })

  it('fails with a true reason when its cluster did not survive a restart', async () => {
    const { id } = await under.broken('tasks-do-not-load')
    await under.lab.stop()
    await onlySandbox().release()
    const again = await startLabUnderTest({ provider: under.provider, store: under.store })
    expect((await again.call('GET', `/attempts/${id}`)).json()).toMatchObject({
      state: 'failed',
      problem: 'the cluster of this attempt did not survive a restart of the server',
    })
    await again.stop()
  })
})

describe('the warm pool', () => {
  it('gives a ready sandbox to the next attempt and fills up again', async () => {
    await under.stop()
    under = await startLabUnderTest({ warmPool: 1 })
    await eventually(() => (under.provider.sandboxes.size === 1 ? true : undefined))
    const warm = onlySandbox()
    await eventually(() => (warm.store.list('pods').length === 5 ? true : undefined))
    await new Promise((resolve) => setTimeout(resolve, 300))
    const attempt = await under.broken('tasks-do-not-load')
    expect(warm.store.find('services', 'taskmaster', 'backend-svc')?.spec).toMatchObject({
      selector: { app: 'backend-api' },
    })
    await eventually(() => (under.provider.sandboxes.size === 2 ? true : undefined))
    await under.call('DELETE', `/attempts/${attempt.id}`)
  })
})
