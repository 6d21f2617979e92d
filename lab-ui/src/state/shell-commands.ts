// Code blocks of a debrief that are commands, each with what it shows. Pure.

export interface ShellCommand {
  command: string
  /** What the author says that it shows; empty without one. */
  note: string
}

/**
 * The commands of a block with one command a line (`kubectl get pods   # all ready`), or undefined when the block is
 * anything else: a script, lines that belong together, another language.
 */
export function readShellCommands(language: string | undefined, text: string): ShellCommand[] | undefined {
  if (language !== 'sh') return undefined
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length === 0 || lines.some((line) => /^[\s#]|<<|\\$/.test(line))) return undefined
  return lines.map((line) => {
    const [, command = line, note = ''] = /^(.*?)\s+#\s(.*)$/.exec(line) ?? []
    return { command, note }
  })
}
