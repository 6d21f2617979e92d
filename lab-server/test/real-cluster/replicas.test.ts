// Several labs with one database: what one has begun the next goes on with, and nothing is done twice.
import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Attempt, Report } from '../../src/contract/attempts.ts'
import { type KillableLabs, startKillableLabs } from './killable-labs.ts'
import type { LabProcess } from './lab-process.ts'

let labs: KillableLabs
/** The one at work. */
let working: LabProcess
beforeAll(async () => {
  labs = await startKillableLabs('replicas')
})
afterAll(() => labs.stop())

/** JSON patches of the Service: the fault goes in so, and nothing else does. */
const injections = () =>
  labs.proxy.requests.filter(({ method, path }) => method === 'PATCH' && path.includes('/services/backend-svc?')).length

const repair = ({ namespace }: Attempt) =>
  labs.cluster.api.mergePatch(
    { kind: 'Service', namespace, name: 'backend-svc' },
    { spec: { selector: { app: 'backend' } } },
  )

/** How often the attempt was broken and solved. */
async function timesInTimeline(id: string): Promise<{ fault: number; solved: number }> {
  const { timeline } = await working.ask<Report>('GET', `/attempts/${id}/report`)
  const count = (kind: string) => timeline.filter((entry) => entry.kind === kind).length
  return { fault: count('fault'), solved: count('solved') }
}

it('the next lab goes on where the last one was killed: injected once, solved once', async () => {
  const first = await labs.start('first')
  const waiting = labs.start('second')
  const { id } = await first.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  const broken = await first.inState(id, ['broken'])
  const injected = injections()
  await repair(broken)
  await first.kill()

  working = await waiting
  const solved = await working.inState(id, ['solved'])
  expect(solved.score).toMatchObject({ points: 100 })
  expect(injections()).toBe(injected)
  expect(await timesInTimeline(id)).toEqual({ fault: 1, solved: 1 })
  await working.ask('DELETE', `/attempts/${id}`)
})

it('a lab that stood still for longer than its turn injects, grades and writes nothing when it wakes', async () => {
  const sleeper = working
  const waiting = labs.start('third')
  const { id } = await sleeper.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  const broken = await sleeper.inState(id, ['broken'])
  const asleep = new Promise<void>((resolve) => {
    labs.proxy.trap(
      ({ method, url = '' }) => {
        const isTaskOfOther =
          method === 'POST' && /\/services\/[^/]+\/proxy/.test(url) && !url.includes(broken.namespace)
        return isTaskOfOther ? 'before' : undefined
      },
      () => {
        sleeper.child.kill('SIGSTOP')
        resolve()
      },
    )
  })
  const unbroken = await sleeper.ask<Attempt>('POST', '/attempts', { scenarioId: 'tasks-do-not-load' })
  await asleep

  working = await waiting
  // What it was preparing is begun anew, in a namespace of its own.
  const anew = await working.inState(unbroken.id, ['broken'])
  const injected = injections()
  await repair(broken)
  await working.inState(id, ['solved'])
  const exited = once(sleeper.child, 'exit')
  sleeper.child.kill('SIGCONT')
  expect((await exited)[0]).toBe(1)
  expect(sleeper.log()).toContain('This lab stops at once')
  expect(injections()).toBe(injected)
  expect(await timesInTimeline(id)).toEqual({ fault: 1, solved: 1 })
  await working.ask('DELETE', `/attempts/${id}`)
  await working.ask('DELETE', `/attempts/${anew.id}`)
  expect(await timesInTimeline(anew.id)).toEqual({ fault: 1, solved: 0 })
})

it('a lab that loses its database ends at once and asks the cluster nothing more', async () => {
  const ended = once(working.child, 'exit')
  await labs.postgres.stop()
  expect((await ended)[0]).toBe(1)
  expect(working.log()).toContain('This lab stops at once')
  const asked = labs.proxy.requests.length
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(labs.proxy.requests).toHaveLength(asked)
})
