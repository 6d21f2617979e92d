// For who arrives without the printed link.
import { createSignal, Show } from 'solid-js'
import { api, type ProblemError } from '../api/client.ts'
import { Button } from '../components/button.tsx'
import styles from './page.module.css'

export function SignInPage(props: { problem: ProblemError | undefined; onSignedIn(): void }) {
  const [token, setToken] = createSignal('')
  const [busy, setBusy] = createSignal(false)
  const [refused, setRefused] = createSignal<string>()
  // Not being signed in yet is no error worth showing.
  const message = () => refused() ?? (props.problem && props.problem.status !== 401 ? props.problem.message : undefined)

  const handleSubmit = async (event: SubmitEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await api.signIn(token().trim())
      props.onSignedIn()
    } catch (error) {
      setRefused((error as ProblemError).message)
    } finally {
      setBusy(false)
    }
  }

  return (
    <main class={styles.narrow}>
      <h1>TaskMaster Lab</h1>
      <p>Open the address that the lab printed when it started. Or paste its token here.</p>
      <form onSubmit={handleSubmit} class={styles.narrow} style={{ margin: '0', padding: '0' }}>
        <label class={styles.field}>
          <span>Token</span>
          <input
            type="password"
            autocomplete="current-password"
            required
            value={token()}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <Show when={message()}>
          <p class={styles.problem} role="alert">
            {message()}
          </p>
        </Show>
        <Button type="submit" look="primary" disabled={busy() || token().trim() === ''}>
          Sign in
        </Button>
      </form>
    </main>
  )
}
