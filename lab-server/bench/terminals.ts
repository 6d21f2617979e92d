// The terminal over its socket: keys and their echo, a flood of output, and its interruption.
import type { LabProcess } from './lab-process.ts'
import type { Print } from './print.ts'
import { describeSamples } from './statistics.ts'
import { openTerminal, type TerminalSocket } from './terminal-socket.ts'

const keys = 200
const floodBytes = 100_000_000

/** Milliseconds from each of `count` keys to its echo, one after another. */
export async function echoTimes(terminal: TerminalSocket, count = keys): Promise<number[]> {
  const samples: number[] = []
  for (let index = 0; index < count; index++) {
    terminal.forget()
    const begun = performance.now()
    terminal.type(index % 50 === 49 ? '\x15' : 'x')
    await terminal.until((output) => output.length > 0)
    samples.push(performance.now() - begun)
  }
  terminal.type('\x15')
  return samples
}

/** Prints key to echo, the rate of 100 MB of output with what was lost of it, and how soon Ctrl-C ends a flood. */
export async function benchTerminals(lab: LabProcess, attemptId: string, print: Print): Promise<void> {
  const terminal = await openTerminal(lab, attemptId)
  try {
    print('key to echo over the socket', describeSamples(await echoTimes(terminal), 'ms'))

    let counted = 0
    terminal.onOutput((text) => {
      for (let at = text.indexOf('z'); at >= 0; at = text.indexOf('z', at + 1)) counted += 1
    })
    terminal.forget()
    const begun = performance.now()
    // Lines of 49 letters and a line end. The word at the end is split, so that its echo is not taken for it; the
    // echo has one letter of its own.
    terminal.type(`yes $(printf 'z%.0s' {1..49}) | head -c ${floodBytes}; echo do''ne\n`)
    await terminal.until((output) => output.includes('done\r\n'))
    const elapsed = (performance.now() - begun) / 1000
    const lost = (floodBytes / 50) * 49 + 1 - counted
    print(
      '100 MB of output',
      `${(floodBytes / 1e6 / elapsed).toFixed(1)} MB/s, ${Math.max(0, lost)} letters lost, ${Math.max(0, -lost)} doubled`,
    )

    terminal.forget()
    terminal.type('yes\n')
    await terminal.until((output) => output.includes('y\r\ny\r\n'))
    terminal.forget()
    const interrupted = performance.now()
    terminal.type('\x03')
    await terminal.until((output) => output.includes('student@lab'))
    print('Ctrl-C during a flood to the prompt', `${(performance.now() - interrupted).toFixed(0)} ms`)
  } finally {
    terminal.close()
  }
}
