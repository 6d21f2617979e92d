// The pages and who may see them: without a session, every address leads to the sign-in.
import { Route, Router, useParams } from '@solidjs/router'
import { createResource, type JSX, lazy, Match, Show, Switch } from 'solid-js'
import { api, type ProblemError } from './api/client.ts'
import { CataloguePage } from './pages/catalogue.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { ThemeProvider } from './state/theme.tsx'

// The terminal and the picture are most of the code: the catalogue does not wait for them.
const AttemptPage = lazy(() => import('./pages/attempt.tsx').then((page) => ({ default: page.AttemptPage })))
const ReportPage = lazy(() => import('./pages/report.tsx').then((page) => ({ default: page.ReportPage })))

export function App() {
  return (
    <ThemeProvider>
      <Router root={Guard}>
        <Route path="/" component={CataloguePage} />
        <Route path="/attempts/:id" component={EachAttempt} />
        <Route path="/attempts/:id/report" component={ReportPage} />
        <Route path="*" component={NotFoundPage} />
      </Router>
    </ThemeProvider>
  )
}

/** A page of its own for each attempt: the way from one to the next must not carry a terminal or a socket along. */
function EachAttempt() {
  const params = useParams<{ id: string }>()
  return (
    <Show when={params.id} keyed>
      <AttemptPage />
    </Show>
  )
}

/** Takes the token of a printed link (`#token=…`, which no server log sees), else asks for it. */
function Guard(props: { children?: JSX.Element }) {
  const [session, { refetch }] = createResource(async () => {
    const token = new URLSearchParams(window.location.hash.slice(1)).get('token')
    if (token) {
      window.history.replaceState(null, '', window.location.pathname)
      return api.signIn(token)
    }
    return api.session()
  })
  const problem = () => session.error as ProblemError | undefined
  return (
    <Switch>
      <Match when={problem()}>
        <SignInPage problem={problem()} onSignedIn={() => void refetch()} />
      </Match>
      <Match when={session.state === 'ready' || session.state === 'refreshing'}>{props.children}</Match>
    </Switch>
  )
}
