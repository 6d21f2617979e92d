// Owns the events socket of one attempt and folds its messages into a store.
import type { AttemptEvent } from '@taskmaster-lab/server/contract'
import { onCleanup } from 'solid-js'
import { createStore, reconcile } from 'solid-js/store'
import { socketUrl } from '../api/client.ts'
import { openSocket } from '../api/reconnecting-socket.ts'
import { type AttemptView, emptyView, nextView } from './attempt-view.ts'

/** The live view of an attempt, for as long as the calling component lives. */
export function createAttempt(attemptId: string): [AttemptView, { setAttempt(attempt: AttemptView['attempt']): void }] {
  const [view, setView] = createStore<AttemptView>(structuredClone(emptyView))
  let current = emptyView
  const fold = (next: AttemptView) => {
    current = next
    setView(reconcile(next, { key: 'id', merge: true }))
  }
  const socket = openSocket(socketUrl(attemptId, 'events'), {
    onMessage: (data) => fold(nextView(current, JSON.parse(String(data)) as AttemptEvent)),
    onDown: () => fold({ ...current, connected: false }),
  })
  onCleanup(() => socket.close())
  return [view, { setAttempt: (attempt) => attempt && fold(nextView(current, { type: 'attempt', attempt })) }]
}
