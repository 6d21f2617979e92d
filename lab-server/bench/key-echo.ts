// From a key to its echo, over the terminal's socket.
import { WebSocket } from 'ws'
import type { LabProcess } from './lab-process.ts'
import { describeSamples } from './statistics.ts'

const keys = 200

/** Types keys one after another at a prompt and measures each echo. */
export async function benchKeyEcho(
  lab: LabProcess,
  attemptId: string,
  print: (name: string, figure: string) => void,
): Promise<void> {
  const socket = new WebSocket(`${lab.url.replace('http', 'ws')}/api/v1/attempts/${attemptId}/terminal`, {
    headers: { authorization: `Bearer ${lab.token}`, origin: lab.url },
  })
  let output = ''
  let wake = () => {}
  socket.on('message', (data, isBinary) => {
    if (!isBinary) return
    output += String(data)
    wake()
  })
  const seen = (test: () => boolean) =>
    new Promise<void>((resolve) => {
      wake = () => test() && resolve()
      wake()
    })
  await seen(() => output.includes('student@lab'))
  const samples: number[] = []
  for (let index = 0; index < keys; index++) {
    output = ''
    const begun = performance.now()
    socket.send(Buffer.from(index % 50 === 49 ? '\x15' : 'x'))
    await seen(() => output.length > 0)
    samples.push(performance.now() - begun)
  }
  socket.close()
  print('key to echo over the socket', describeSamples(samples, 'ms'))
}
