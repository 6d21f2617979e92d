// The student's page: the terminal takes the room, the rest is panels.
import { useNavigate, useParams } from '@solidjs/router'
import { createEffect, createResource, createSignal, Match, Show, Switch } from 'solid-js'
import { api, type ProblemError } from '../api/client.ts'
import { ApplicationView } from '../components/application-view.tsx'
import { AttemptMenu } from '../components/attempt-menu.tsx'
import { Button } from '../components/button.tsx'
import { Divider } from '../components/divider.tsx'
import { EventList } from '../components/event-list.tsx'
import { HealthBadge } from '../components/health-badge.tsx'
import { Picture } from '../components/picture.tsx'
import { Preparing } from '../components/preparing.tsx'
import { SidePanel } from '../components/side-panel.tsx'
import { TabBar } from '../components/tabs.tsx'
import { TerminalPanel } from '../components/terminal.tsx'
import { Timeline } from '../components/timeline.tsx'
import { TopBar } from '../components/top-bar.tsx'
import { createNow, formatClock } from '../state/clock.ts'
import { createAttempt } from '../state/create-attempt.ts'
import { createPanels } from '../state/layout.ts'
import type { TerminalHandle } from '../terminal/make-terminal.ts'
import styles from './attempt.module.css'

const views = [
  { id: 'picture', title: 'Picture' },
  { id: 'application', title: 'Application' },
  { id: 'events', title: 'Events' },
  { id: 'timeline', title: 'Timeline' },
] as const
const phoneTabs = [{ id: 'terminal', title: 'Terminal' }, { id: 'side', title: 'Ticket' }, ...views] as const
type View = (typeof views)[number]['id']
type PhoneTab = (typeof phoneTabs)[number]['id']

export function AttemptPage() {
  const params = useParams<{ id: string }>()
  const navigate = useNavigate()
  const [view, { setAttempt }] = createAttempt(params.id)
  const [panels, { resize, fold }] = createPanels()
  const now = createNow()
  const [dockView, setDockView] = createSignal<View>('picture')
  const [phoneTab, setPhoneTab] = createSignal<PhoneTab>('terminal')
  const [problem, setProblem] = createSignal<string>()
  const attempt = () => view.attempt
  const state = () => attempt()?.state
  const ended = () => state() === 'solved' || state() === 'abandoned'
  const hasCluster = () => state() === 'broken' || ended()
  const [hints, { mutate: setHints }] = createResource(() => (hasCluster() ? params.id : undefined), api.hints)
  const [report] = createResource(() => (ended() ? params.id : undefined), api.report)

  const attemptOr = async (action: Promise<unknown>) => {
    setProblem(undefined)
    await action.catch((error: ProblemError) => setProblem(error.message))
  }
  const handleReveal = () => attemptOr(api.revealHint(params.id).then(setHints))
  let terminal: TerminalHandle | undefined
  const handleRun = (command: string) => {
    setPhoneTab('terminal')
    // Ctrl-U first: what stands half typed at the prompt must not become part of the command.
    terminal?.type(`\x15${command}\r`)
    terminal?.focus()
  }
  const elapsed = () => {
    const current = attempt()
    if (!current?.brokenAt) return 0
    return (current.solvedAt ? Date.parse(current.solvedAt) : now()) - Date.parse(current.brokenAt)
  }
  // The page is opened by its address too: until the socket speaks, ask once, for the error if nothing else.
  createEffect(() => void attemptOr(api.attempt(params.id).then(setAttempt)))

  // The debrief is for reading: it takes more room than the ticket did.
  const sideWidth = () => (ended() ? Math.max(panels.side, 460) : panels.side)

  const selectPhoneTab = (tab: PhoneTab) => {
    setPhoneTab(tab)
    if (tab !== 'terminal' && tab !== 'side') setDockView(tab)
  }

  return (
    <div
      class={styles.page}
      data-state={state()}
      data-tab={phoneTab()}
      data-side-folded={panels.sideFolded}
      data-dock-folded={panels.dockFolded}
      style={{ '--side': `${sideWidth()}px`, '--dock': `${panels.dock}px` }}
    >
      <TopBar title={attempt()?.title ?? ''}>
        <HealthBadge health={hasCluster() ? view.health : undefined} />
        <Show when={attempt()?.brokenAt}>
          <time class={`number ${styles.clock}`} title="Time since the application broke">
            {formatClock(elapsed())}
          </time>
        </Show>
        <Show when={attempt() && state() !== 'abandoned' && state() !== 'failed'}>
          <AttemptMenu
            actions={[
              ...(state() === 'broken'
                ? [
                    {
                      title: 'Start over',
                      question:
                        'The application is made healthy and broken again. What you changed is undone; the clock starts anew.',
                      confirm: 'Start over',
                      run: () => attemptOr(api.reset(params.id)),
                    },
                    {
                      title: 'Give up',
                      question: 'The attempt ends and you see what it was. It does not count as solved.',
                      confirm: 'Give up',
                      run: () => attemptOr(api.end(params.id).then(() => api.attempt(params.id).then(setAttempt))),
                    },
                  ]
                : []),
              ...(state() === 'solved' || state() === 'preparing'
                ? [
                    {
                      title: 'End and remove',
                      question: 'The cluster and the terminal of this attempt are removed. Its report stays.',
                      confirm: 'Remove',
                      run: () => attemptOr(api.end(params.id).then(() => window.location.assign('/'))),
                    },
                  ]
                : []),
            ]}
          />
        </Show>
      </TopBar>
      <Show when={problem()}>
        <p class={styles.problem} role="alert">
          {problem()}
          <Button look="quiet" onClick={() => setProblem(undefined)}>
            Close
          </Button>
        </p>
      </Show>
      <Show when={attempt() && !view.connected}>
        <p class={styles.offline} role="status">
          The lab does not answer. Your cluster is kept; connecting again …
        </p>
      </Show>
      <Switch>
        <Match when={hasCluster() && attempt()}>
          {(current) => (
            <main class={styles.work}>
              <nav class={styles.phoneTabs}>
                <TabBar tabs={[...phoneTabs]} current={phoneTab()} label="Panels" onSelect={selectPhoneTab} />
              </nav>
              <aside class={styles.side}>
                <SidePanel
                  attempt={current()}
                  hints={hints()}
                  report={report()}
                  now={now()}
                  onReveal={() => void handleReveal()}
                  onRun={handleRun}
                  onStarted={({ id }) => navigate(`/attempts/${id}`)}
                />
              </aside>
              <Divider
                direction="column"
                label="Width of the ticket"
                size={panels.side}
                onResize={(size) => resize('side', size)}
                onFold={() => fold('side')}
              />
              <div class={styles.terminal}>
                <TerminalPanel
                  attemptId={params.id}
                  onReady={(handle) => {
                    terminal = handle
                  }}
                />
              </div>
              <Divider
                direction="row"
                label="Height of the views"
                size={panels.dock}
                onResize={(size) => resize('dock', size)}
                onFold={() => fold('dock')}
              />
              <section class={styles.dock} aria-label="Views">
                <div class={styles.dockTabs}>
                  <TabBar tabs={[...views]} current={dockView()} label="Views" onSelect={setDockView}>
                    <Button look="quiet" aria-expanded={!panels.dockFolded} onClick={() => fold('dock')}>
                      {panels.dockFolded ? 'Unfold' : 'Fold'}
                    </Button>
                  </TabBar>
                </div>
                <div class={styles.dockView}>
                  <Switch>
                    <Match when={dockView() === 'picture'}>
                      <Picture picture={view.picture} />
                    </Match>
                    <Match when={dockView() === 'application'}>
                      <ApplicationView url={current().appUrl} />
                    </Match>
                    <Match when={dockView() === 'events'}>
                      <EventList events={view.clusterEvents} />
                    </Match>
                    <Match when={dockView() === 'timeline'}>
                      <Timeline entries={view.timeline} />
                    </Match>
                  </Switch>
                </div>
              </section>
            </main>
          )}
        </Match>
        <Match when={attempt()}>
          {(current) => <Preparing stages={current().stages} now={now()} problem={current().problem} />}
        </Match>
      </Switch>
    </div>
  )
}
