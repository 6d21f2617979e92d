// What the student entered, read from the shell's history file, which bash appends to before each prompt.
import { watch } from 'node:fs'
import { chmod, open, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Name of the history file in its folder. */
export const historyFile = 'bash_history'

/** Splits complete lines off `buffer`: the commands, and what is left. Lines with `#` and digits are bash's time stamps. */
export function takeCommands(buffer: string): { commands: string[]; rest: string } {
  const lines = buffer.split('\n')
  const rest = lines.pop() ?? ''
  return { commands: lines.map((line) => line.trim()).filter((line) => line && !/^#\d+$/.test(line)), rest }
}

/** Calls `onCommand` with each new line of the history until stopped. */
export async function watchCommands(folder: string, onCommand?: (command: string) => void): Promise<{ stop(): void }> {
  if (!onCommand) return { stop() {} }
  const path = join(folder, historyFile)
  await writeFile(path, '', { flag: 'wx', mode: 0o666 }).catch(() => {})
  await chmod(path, 0o666)
  const file = await open(path, 'r')
  let position = (await file.stat()).size
  let rest = ''
  let reading = Promise.resolve()

  const read = async () => {
    const { size } = await file.stat()
    if (size < position) position = 0
    if (size === position) return
    const chunk = Buffer.alloc(Math.min(size - position, 1 << 20))
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position)
    position += bytesRead
    const taken = takeCommands(rest + chunk.subarray(0, bytesRead).toString('utf8'))
    rest = taken.rest.slice(-10_000)
    for (const command of taken.commands) onCommand(command.slice(0, 1000))
  }
  const watcher = watch(path, () => {
    reading = reading.then(read).catch(() => {})
  })
  watcher.on('error', () => {})
  return {
    stop() {
      watcher.close()
      void reading.finally(() => file.close())
    },
  }
}
