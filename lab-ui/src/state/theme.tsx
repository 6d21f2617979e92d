// Light or dark: as the system says until chosen, then as chosen.
import { createContext, createSignal, type JSX, useContext } from 'solid-js'
import { isDark } from '../terminal/theme.ts'

interface Theme {
  dark(): boolean
  toggle(): void
}

const Context = createContext<Theme>()
const key = 'lab-theme'

/** Applies a choice of an earlier visit; called before the first paint. */
export function restoreTheme(): void {
  const kept = localStorage.getItem(key)
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept
}

export function ThemeProvider(props: { children: JSX.Element }) {
  const [dark, setDark] = createSignal(isDark())
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setDark(isDark()))
  const toggle = () => {
    const next = dark() ? 'light' : 'dark'
    document.documentElement.dataset.theme = next
    localStorage.setItem(key, next)
    setDark(next === 'dark')
  }
  return <Context.Provider value={{ dark, toggle }}>{props.children}</Context.Provider>
}

/** The page's theme; throws outside its provider. */
export function useTheme(): Theme {
  const theme = useContext(Context)
  if (!theme) throw new Error('useTheme needs a ThemeProvider')
  return theme
}
