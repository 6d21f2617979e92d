import { describe, expect, it } from 'vitest'
import type { KubeObject, Pod } from '../kubernetes/objects.ts'
import { makeFreshPods, onePodEach } from './fresh-pods.ts'

function pod(uid: string, owner: string, createdAt: string): Pod {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }]
  return { kind: 'Pod', metadata: { name: uid, uid, creationTimestamp: createdAt, ownerReferences } } as unknown as Pod
}

function bench() {
  const pods = [pod('a', 'backend', '1'), pod('b', 'backend', '2'), pod('c', 'postgres', '3')]
  let ended = 0
  const world = { list: <T extends KubeObject>() => pods as unknown as T[] }
  const fresh = makeFreshPods(world, async () => {
    ended += 1
    const gone = onePodEach(pods).map(({ metadata }) => metadata.uid ?? '')
    return gone
  })
  return { pods, fresh, ended: () => ended }
}

describe('a fresh pod of each tier', () => {
  it('is the oldest of each owner', () => {
    expect(onePodEach(bench().pods).map(({ metadata }) => metadata.uid)).toEqual(['a', 'c'])
  })

  it('is asked for once: the window runs again when the new pods hold', async () => {
    const { fresh, pods, ended } = bench()
    expect(fresh.next({ allHold: true, open: '', nowMs: 0 })).toBe(true)
    expect(fresh.result(0).status).toBe('unknown')
    expect(await fresh.start(1_000)).toBe(true)
    // The old pods are still there: what holds now says nothing.
    expect(fresh.next({ allHold: true, open: '', nowMs: 1_100 })).toBe(false)
    pods.splice(0, 3, pod('d', 'backend', '4'), pod('b', 'backend', '2'), pod('e', 'postgres', '5'))
    expect(fresh.next({ allHold: true, open: '', nowMs: 2_000 })).toBe(true)
    expect(fresh.result(2_000).status).toBe('passed')
    expect(await fresh.start(4_000)).toBe(false)
    expect(ended()).toBe(1)
  })

  it('says what does not come back, and asks again when it was helped by hand', async () => {
    const { fresh, pods } = bench()
    await fresh.start(0)
    pods.splice(0, 3)
    expect(fresh.next({ allHold: false, open: '1 of 2 ready', nowMs: 40_000 })).toBe(false)
    expect(fresh.result(40_000)).toMatchObject({
      status: 'failed',
      observed: 'with a fresh pod of each tier: 1 of 2 ready',
    })
    expect(fresh.next({ allHold: true, open: '', nowMs: 41_000 })).toBe(true)
    expect(fresh.result(41_000).status).toBe('unknown')
    expect(await fresh.start(43_000)).toBe(true)
  })

  it('is asked for again when what held breaks before the end', async () => {
    const { fresh, pods } = bench()
    await fresh.start(0)
    pods.splice(0, 3)
    fresh.next({ allHold: true, open: '', nowMs: 100 })
    fresh.next({ allHold: false, open: 'x', nowMs: 200 })
    expect(await fresh.start(300)).toBe(true)
  })
})
