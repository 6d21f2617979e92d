import { A } from '@solidjs/router'
import { TopBar } from '../components/top-bar.tsx'
import styles from './page.module.css'

export function NotFoundPage() {
  return (
    <>
      <TopBar />
      <main class={styles.narrow}>
        <h1>There is no such page</h1>
        <p>
          <A href="/">See all scenarios</A>
        </p>
      </main>
    </>
  )
}
