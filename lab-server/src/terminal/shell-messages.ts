// What a shell in a pod tells the lab, within its output: an escape sequence that terminals pass over. It comes from the
// student's own shell, so it is believed no more than their history file would be.
import type headless from '@xterm/headless'

/** `ESC ] 7717 ; command ; BASE64 BEL` and `ESC ] 7717 ; exit ; CODE BEL`: see the toolbox's bashrc. */
const identifier = 7717
const longestCommand = 1000

export interface ShellMessages {
  /** The exit code that the shell told of since the last call; undefined when it told of none. */
  exitCode(): number | undefined
}

/** Reads the messages off everything that is written to `screen`. */
export function listenToShell(screen: headless.Terminal, onCommand?: (command: string) => void): ShellMessages {
  let code: number | undefined
  screen.parser.registerOscHandler(identifier, (payload) => {
    const [kind, value = ''] = payload.split(';', 2)
    if (kind === 'exit' && /^\d{1,3}$/.test(value)) code = Number(value)
    const command = kind === 'command' ? Buffer.from(value, 'base64').toString('utf8').trim() : ''
    if (command !== '') onCommand?.(command.slice(0, longestCommand))
    return true
  })
  return {
    exitCode() {
      const told = code
      code = undefined
      return told
    },
  }
}
