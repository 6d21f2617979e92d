// Checksums that cryptography gives: md5sum and its kin.

import { builtin } from '../../builtin.ts'
import { readAll } from '../../byte-stream.ts'
import { type Task, type Tool, ToolFailure } from '../../task.ts'
import { explain } from '../explain.ts'
import { parseOptions } from '../options.ts'
import { eachOperand, readWhole } from '../stream-tools.ts'

const make =
  (algorithm: string): Tool =>
  async (task) => {
    const { has, operands } = parseOptions(task.argv, 'cswbt', { check: 'c', status: 's', warn: 'w' })
    if (has.has('c')) return check(task, algorithm, operands, has)
    return eachOperand(task, operands, async (reader, name) => {
      await task.stdout.write(`${digest(algorithm, await readAll(reader))}  ${name}\n`)
    })
  }

const digest = (algorithm: string, data: Buffer) =>
  builtin('node:crypto').createHash(algorithm).update(data).digest('hex')

/** Compares files with the list that the tool printed once. */
async function check(task: Task, algorithm: string, lists: string[], has: ReadonlySet<string>): Promise<number> {
  const name = task.argv[0]
  let status = 0
  const badList = await eachOperand(task, lists, async (reader, list) => {
    const lines = (await readAll(reader)).toString().split('\n').filter(Boolean)
    let failed = 0
    let total = 0
    for (const line of lines) {
      const [, wanted, file] = /^([0-9a-f]+) [ *](.+)$/i.exec(line) ?? []
      if (wanted === undefined || file === undefined) {
        if (has.has('w')) await task.stderr.write(`${name}: invalid format\n`)
        continue
      }
      total += 1
      const found = await digestOf(task, algorithm, file)
      const isSame = found === wanted.toLowerCase()
      if (!isSame) failed += 1
      if (!has.has('s')) await task.stdout.write(`${file}: ${isSame ? 'OK' : 'FAILED'}\n`)
    }
    if (failed > 0) status = 1
    if (failed > 0 && !has.has('s'))
      await task.stderr.write(`${name}: WARNING: ${failed} of ${total} computed checksums did NOT match\n`)
    if (total === 0) throw new ToolFailure(`${name}: no checksum lines found in '${list}'`)
  })
  return Math.max(status, badList)
}

async function digestOf(task: Task, algorithm: string, file: string): Promise<string | undefined> {
  try {
    return digest(algorithm, await readWhole(task, file))
  } catch (error) {
    await task.stderr.write(`${task.argv[0]}: can't open '${file}': ${explain(error)}\n`)
    return undefined
  }
}

export const hashTools: Record<string, Tool> = {
  md5sum: make('md5'),
  sha1sum: make('sha1'),
  sha256sum: make('sha256'),
  sha512sum: make('sha512'),
}
