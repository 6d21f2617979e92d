// Reads tmux's control mode: the raw output of the shell, and the answers to commands, as lines.

export type ControlEvent =
  | { type: 'output'; data: Buffer }
  /** The answer to the oldest command that was sent and not yet answered. */
  | { type: 'answer'; ok: boolean; lines: string[] }
  /** This client has a session: from now on commands have something to be about. */
  | { type: 'attached' }
  /** The session is over, or (with a reason) this client was sent away. */
  | { type: 'exit'; reason: string }

const newline = 0x0a
const backslash = 0x5c
const longestLine = 8_000_000

/** Undoes `\ooo`: control characters and backslashes are written so. */
export function unescapeOutput(text: Buffer): Buffer {
  if (!text.includes(backslash)) return text
  const data = Buffer.alloc(text.length)
  let length = 0
  for (let index = 0; index < text.length; index++) {
    const byte = text[index] ?? 0
    const code = byte === backslash ? Number.parseInt(text.toString('latin1', index + 1, index + 4), 8) : Number.NaN
    data[length++] = Number.isNaN(code) ? byte : code
    if (!Number.isNaN(code)) index += 3
  }
  return data.subarray(0, length)
}

/** Returns a function that takes bytes as they come and gives the events that are complete. */
export function makeControlReader(): (chunk: Buffer) => ControlEvent[] {
  let rest: Buffer = Buffer.alloc(0)
  /** The block that is being read: its stamp as `%end` repeats it, and whether it answers a command of ours. */
  let block: { stamp: string; isOurs: boolean; lines: string[] } | undefined

  function readLine(line: Buffer): ControlEvent | undefined {
    if (block) {
      const text = line.toString('utf8')
      const ok = text === `%end ${block.stamp}`
      if (!ok && text !== `%error ${block.stamp}`) {
        block.lines.push(text)
        return undefined
      }
      const { isOurs, lines } = block
      block = undefined
      return isOurs ? { type: 'answer', ok, lines } : undefined
    }
    if (line.toString('latin1', 0, 8) === '%output ') {
      return { type: 'output', data: unescapeOutput(line.subarray(line.indexOf(0x20, 8) + 1)) }
    }
    const text = line.toString('utf8')
    const begin = /^%begin (\d+ \d+ (\d+))$/.exec(text)
    // The last number is 1 for a command that came from this client.
    if (begin?.[1]) block = { stamp: begin[1], isOurs: begin[2] === '1', lines: [] }
    if (text.startsWith('%session-changed ')) return { type: 'attached' }
    const exit = /^%exit(?: (.*))?$/.exec(text)
    return exit ? { type: 'exit', reason: exit[1] ?? '' } : undefined
  }

  return (chunk) => {
    const events: ControlEvent[] = []
    let data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    for (let end = data.indexOf(newline); end >= 0; end = data.indexOf(newline)) {
      const event = readLine(data.subarray(0, end))
      if (event) events.push(event)
      data = data.subarray(end + 1)
    }
    if (data.length > longestLine) throw new Error('the shell sent a line without an end')
    rest = Buffer.from(data)
    return events
  }
}
