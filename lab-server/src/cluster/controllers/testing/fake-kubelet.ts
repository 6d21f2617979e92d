// Stands in for a kubelet in controller tests: pods run, become ready, and go.
import type { Client } from '../../client.ts'
import { type Clock, formatTime } from '../../clock.ts'
import type { Pod } from '../../objects/types.ts'
import type { FakeClient } from './fake-client.ts'

interface FakeKubeletOptions {
  clock: Clock
  /** How long a pod takes to become ready; undefined means never. */
  readyAfterMs?: (pod: Pod) => number | undefined
  /** How long a deleted pod takes to go. */
  goneAfterMs?: number
  /** Binds pods itself, for tests without a scheduler. */
  bind?: boolean
}

/** Runs every pod on a node called `node-1`; returns how to stop. */
export function startFakeKubelet(client: FakeClient, options: FakeKubeletOptions): () => void {
  const { clock, readyAfterMs = () => 1000, goneAfterMs = 1000, bind = true } = options
  const started = new Set<string>()
  const ending = new Set<string>()
  let addresses = 0
  return client.watch('Pod', ({ type, object }) => {
    const { uid = '', name = '', namespace = '' } = object.metadata
    if (type === 'DELETED') return
    if (object.metadata.deletionTimestamp && !ending.has(uid)) {
      ending.add(uid)
      clock.after(goneAfterMs, () => {
        if (client.find('Pod', { namespace, name })?.metadata.uid !== uid) return
        void client.remove('Pod', { namespace, name }, { gracePeriodSeconds: 0 })
      })
    }
    if (started.has(uid) || (!bind && !object.spec?.nodeName)) return
    started.add(uid)
    const podIP = `10.42.0.${++addresses}`
    clock.after(0, () => setPod(client, object, { podIP, ready: false, clock }))
    const readyInMs = readyAfterMs(object)
    if (readyInMs !== undefined) clock.after(readyInMs, () => setPod(client, object, { podIP, ready: true, clock }))
  })
}

function setPod(
  client: FakeClient,
  pod: Pod,
  { podIP, ready, clock }: { podIP: string; ready: boolean; clock: Clock },
) {
  const { name = '', namespace = '', uid } = pod.metadata
  if (client.find('Pod', { name, namespace })?.metadata.uid !== uid) return
  client.change('Pod', { name, namespace }, (object) => {
    object.spec = { containers: [], ...object.spec, nodeName: object.spec?.nodeName ?? 'node-1' }
    const status = ready ? 'True' : 'False'
    const others = (object.status?.conditions ?? []).filter(({ type }) => type !== 'Ready')
    const conditions = [...others, { type: 'Ready', status, lastTransitionTime: formatTime(clock.now()) }]
    object.status = { ...object.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions }
  })
}

/** The pods of a namespace that are not finished or being deleted. */
export function livePods(client: Client, namespace = 'lab'): Pod[] {
  return client.list('Pod', { namespace }).filter(({ metadata }) => !metadata.deletionTimestamp)
}
