// Runs programs of the image from a shell: the runtime starts them on the host and passes the bytes.
import type { FromUserland, ToUserland } from './protocol.ts'
import type { Task } from './task.ts'

interface RunningProgram {
  task: Task
  exited(exitCode: number): void
  /** Output in the order in which it came. */
  written: Promise<void>
}

/** Makes the runner; `send` goes to the runtime. */
export function makeProgramRunner(send: (message: FromUserland) => void) {
  const running = new Map<number, RunningProgram>()
  let next = 1
  return {
    run(task: Task): Promise<number> {
      const id = next++
      return new Promise<number>((resolve) => {
        running.set(id, { task, exited: resolve, written: Promise.resolve() })
        send({ type: 'program', id, argv: task.argv, env: task.env, cwd: task.cwd })
        task.signal.addEventListener('abort', () =>
          send({ type: 'program-signal', id, signal: String(task.signal.reason) }),
        )
        void feed(id, task)
      })
    },
    onMessage(message: ToUserland): void {
      if (message.type !== 'program-output' && message.type !== 'program-exit') return
      const program = running.get(message.id)
      if (!program) return
      if (message.type === 'program-output') {
        const data = Buffer.from(message.data, 'base64')
        program.written = program.written.then(() => program.task[message.stream].write(data)).catch(() => {})
        return
      }
      running.delete(message.id)
      void program.written.then(() => program.exited(message.exitCode))
    },
  }

  async function feed(id: number, { stdin, signal }: Task): Promise<void> {
    try {
      for (let chunk = await stdin.read(signal); chunk && running.has(id); chunk = await stdin.read(signal)) {
        send({ type: 'program-input', id, data: chunk.toString('base64') })
      }
    } catch {
      // The command was killed while it waited for input.
    }
    send({ type: 'program-input', id, data: null })
  }
}
