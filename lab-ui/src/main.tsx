import '@fontsource/jetbrains-mono/400.css'
import '@fontsource/jetbrains-mono/400-italic.css'
import '@fontsource/jetbrains-mono/700.css'
import './styles/tokens.css'
import './styles/base.css'
import '@xterm/xterm/css/xterm.css'
import { render } from 'solid-js/web'
import { App } from './app.tsx'
import { restoreTheme } from './state/theme.tsx'

restoreTheme()
const root = document.getElementById('app')
if (root) render(() => <App />, root)
