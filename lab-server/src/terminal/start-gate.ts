// The two named pipes between the lab and a starting sandbox: it says through one which process is its
// first, and waits at the other until its network is connected.
import { execFile } from 'node:child_process'
import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { chown, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface StartGate {
  /** Paths of the pipes, for bubblewrap's `--info-fd` and `--block-fd`. */
  info: string
  block: string
  /** The id of the sandbox's first process; undefined when it ended before there was one. */
  firstProcess(ended: Promise<void>): Promise<number | undefined>
  /** Lets the sandbox start. */
  release(): void
  close(): Promise<void>
}

// Opened for both directions, a pipe blocks neither opener, and what is written stays until it is read.
const openPipe = (path: string) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK)

/** Makes the pipes in `folder`, readable by `owner`. */
export async function makeStartGate(folder: string, owner: number | undefined): Promise<StartGate> {
  const info = join(folder, 'info')
  const block = join(folder, 'block')
  await Promise.all([info, block].map((path) => rm(path, { force: true })))
  await run('mkfifo', ['-m', '600', info, block])
  if (owner !== undefined) await Promise.all([info, block].map((path) => chown(path, owner, owner)))
  const blockPipe = openPipe(block)
  const reader = new Socket({ fd: openPipe(info), readable: true, writable: false })

  return {
    info,
    block,
    firstProcess: (ended) =>
      new Promise((resolve) => {
        let text = ''
        reader.on('data', (chunk) => {
          text += chunk
          const pid = /"child-pid":\s*(\d+)/.exec(text)?.[1]
          if (pid !== undefined) resolve(Number(pid))
        })
        void ended.then(() => resolve(undefined))
      }),
    release() {
      writeSync(blockPipe, '\n')
    },
    async close() {
      reader.destroy()
      closeSync(blockPipe)
      await Promise.all([info, block].map((path) => rm(path, { force: true })))
    },
  }
}
