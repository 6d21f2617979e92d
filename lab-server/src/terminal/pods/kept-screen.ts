// The screen that tmux has kept, written as a terminal would have to read it to show the same.

/** The commands whose answers `drawScreen` takes, in this order. */
export const screenCommands = [
  `display-message -p '#{alternate_on} #{cursor_x} #{cursor_y} #{history_size} #{cursor_flag} #{keypad_cursor_flag} #{keypad_flag} #{insert_flag} #{wrap_flag} #{mouse_any_flag}#{mouse_button_flag}#{mouse_standard_flag}#{mouse_sgr_flag} #{alternate_saved_x} #{alternate_saved_y}'`,
  'capture-pane -p -e -J -S -1000 -E -1',
  'capture-pane -p -e',
  'capture-pane -p -e -a -q',
] as const

const esc = '\x1b'
const line = (text: string) => `${text}${esc}[0m`
const rows = (lines: readonly string[]) => lines.map(line).join('\r\n')
const place = (column: number, row: number) => `${esc}[${row + 1};${column + 1}H`

/** The text for an empty terminal of the same size; `lines` are the four answers. */
export function drawScreen([
  state = [],
  history = [],
  visible = [],
  saved = [],
]: readonly (readonly string[])[]): string {
  const [alternate, x, y, historySize, cursor, cursorKeys, keypad, insert, wrap, mouse = '0000', savedX, savedY] = (
    state[0] ?? ''
  ).split(' ')
  const past = Number(historySize) > 0 ? `${rows(history)}\r\n` : ''
  const at = (column: string | undefined, row: string | undefined) => place(Number(column) || 0, Number(row) || 0)
  const modes = [
    cursorKeys === '1' ? `${esc}[?1h` : '',
    keypad === '1' ? `${esc}=` : '',
    insert === '1' ? `${esc}[4h` : '',
    wrap === '0' ? `${esc}[?7l` : '',
    mouse[0] === '1' ? `${esc}[?1003h` : '',
    mouse[1] === '1' ? `${esc}[?1002h` : '',
    mouse[2] === '1' ? `${esc}[?1000h` : '',
    mouse[3] === '1' ? `${esc}[?1006h` : '',
    cursor === '0' ? `${esc}[?25l` : '',
  ].join('')
  if (alternate !== '1') return past + rows(visible) + at(x, y) + modes
  // Behind a full-screen program: the shell's screen first, then the program's.
  return `${past}${rows(saved)}${at(savedX, savedY)}${esc}[?1049h${place(0, 0)}${rows(visible)}${at(x, y)}${modes}`
}
