// One recording was made without a shell: its arguments stand there joined by spaces. This puts the quotes back.

const isShell = (command: string) => !command.startsWith('kubectl ') || /['"]|<<| \| | 2>&1|; /.test(command)

/** Index after the bracket that closes the one at `start`. */
function closing(text: string, start: number): number {
  let depth = 0
  for (let index = start; index < text.length; index++) {
    if ('{['.includes(text[index] ?? '')) depth++
    if ('}]'.includes(text[index] ?? '') && --depth === 0) return index + 1
  }
  return text.length
}

const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** A recorded command as a shell takes it. */
export function quoteRecorded(command: string): string {
  const script = / -- sh -c (.*)$/s.exec(command)
  if (script && !/^['"]/.test(script[1] ?? ''))
    return `${quoteRecorded(command.slice(0, script.index))} -- sh -c ${quote(script[1] ?? '')}`
  if (isShell(command) && !/ -p [{[]/.test(command)) return command
  const patch = / -p (?=[{[])/.exec(command)
  if (patch) {
    const start = patch.index + patch[0].length
    const end = closing(command, start)
    return `${quoteRecorded(command.slice(0, patch.index))} -p ${quote(command.slice(start, end))}${command.slice(end)}`
  }
  return command.split(' ').map(quote).join(' ')
}
