// The pages and who may see them: without a session, every address leads to the sign-in.
import { Route, Router } from '@solidjs/router'
import { createResource, type JSX, Match, Switch } from 'solid-js'
import { api, type ProblemError } from './api/client.ts'
import { AttemptPage } from './pages/attempt.tsx'
import { CataloguePage } from './pages/catalogue.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { ReportPage } from './pages/report.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { ThemeProvider } from './state/theme.tsx'

export function App() {
  return (
    <ThemeProvider>
      <Router root={Guard}>
        <Route path="/" component={CataloguePage} />
        <Route path="/attempts/:id" component={AttemptPage} />
        <Route path="/attempts/:id/report" component={ReportPage} />
        <Route path="*" component={NotFoundPage} />
      </Router>
    </ThemeProvider>
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

