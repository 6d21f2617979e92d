// The sixteen colours, tuned to both themes. xterm wants plain colours, not variables.
import type { ITheme } from '@xterm/xterm'

const dark: ITheme = {
  background: '#0e1117',
  foreground: '#e3e7ee',
  cursor: '#8fb4ff',
  cursorAccent: '#0e1117',
  selectionBackground: '#2b4a86aa',
  black: '#2a303c',
  red: '#ff7b72',
  green: '#5fd38d',
  yellow: '#e3b65c',
  blue: '#79a8ff',
  magenta: '#cf9bff',
  cyan: '#5cc8d6',
  white: '#c5ccd8',
  brightBlack: '#7a8496',
  brightRed: '#ff9d96',
  brightGreen: '#86e5ab',
  brightYellow: '#f2cf86',
  brightBlue: '#a3c4ff',
  brightMagenta: '#e0bdff',
  brightCyan: '#8adde8',
  brightWhite: '#f5f7fa',
}

const light: ITheme = {
  background: '#f9fafc',
  foreground: '#20242e',
  cursor: '#2f55d4',
  cursorAccent: '#f9fafc',
  selectionBackground: '#b9cdfb',
  black: '#20242e',
  red: '#b3261e',
  green: '#0f7a3d',
  yellow: '#855a00',
  blue: '#2450c8',
  magenta: '#8230b0',
  cyan: '#0b6b7d',
  white: '#5b6372',
  brightBlack: '#5f6878',
  brightRed: '#c2362d',
  brightGreen: '#18804a',
  brightYellow: '#8f6412',
  brightBlue: '#3a66dd',
  brightMagenta: '#9340c2',
  brightCyan: '#137587',
  brightWhite: '#3a4150',
}

/** Whether the page is dark now: as chosen, else as the system says. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme
  return chosen ? chosen === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches
}

/** The terminal's colours for the page's present theme. */
export const terminalTheme = (): ITheme => (isDark() ? dark : light)
