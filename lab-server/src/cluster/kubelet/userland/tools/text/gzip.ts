// gzip, gunzip and zcat.
import { posix } from 'node:path'
import { builtin } from '../../builtin.ts'
import type { Task, Tool } from '../../task.ts'
import { explain } from '../explain.ts'
import { parseOptions } from '../options.ts'
import { readWhole } from '../stream-tools.ts'

interface Setting {
  unpack: boolean
  toOutput: boolean
  keep: boolean
  force: boolean
  testOnly: boolean
}

const suffixes: Record<string, string> = { '.gz': '', '.tgz': '.tar' }

const make =
  (preset: Partial<Setting>): Tool =>
  async (task) => {
    const { has, operands } = parseOptions(task.argv, 'cdfkqtvn123456789', {
      stdout: 'c',
      decompress: 'd',
      force: 'f',
      keep: 'k',
      test: 't',
    })
    const setting: Setting = {
      unpack: has.has('d') || has.has('t') || preset.unpack === true,
      toOutput: has.has('c') || preset.toOutput === true,
      keep: has.has('k'),
      force: has.has('f'),
      testOnly: has.has('t'),
    }
    let status = 0
    for (const name of operands.length > 0 ? operands : ['-']) {
      const problem = await convert(task, name, setting)
      if (problem === undefined) continue
      status = 1
      await task.stderr.write(`${task.argv[0]}: ${problem}\n`)
    }
    return status
  }

/** Converts one file; answers what went wrong. */
async function convert(task: Task, name: string, setting: Setting): Promise<string | undefined> {
  const toFile = name !== '-' && !setting.toOutput && !setting.testOnly
  const target = setting.unpack ? unpackedName(name) : `${name}.gz`
  if (toFile && target === undefined) return `${name}: unknown suffix - ignored`
  let data: Buffer
  try {
    data = await readWhole(task, name)
  } catch (error) {
    return `${name}: ${explain(error)}`
  }
  const zlib = builtin('node:zlib')
  if (setting.unpack && (data[0] !== 0x1f || data[1] !== 0x8b)) return data.length > 0 ? 'invalid magic' : 'short read'
  let result: Buffer
  try {
    result = setting.unpack ? zlib.gunzipSync(data) : zlib.gzipSync(data)
  } catch {
    return 'corrupted data'
  }
  if (setting.testOnly) return undefined
  if (!toFile || target === undefined) {
    await task.stdout.write(result)
    return undefined
  }
  const { fs } = task.system
  const path = posix.resolve(task.cwd, target)
  if (!setting.force && (await fs.exists(path))) return `can't open '${target}': File exists`
  await fs.writeFile(path, result)
  if (!setting.keep) await fs.rm(posix.resolve(task.cwd, name))
  return undefined
}

function unpackedName(name: string): string | undefined {
  const suffix = posix.extname(name)
  return suffix in suffixes ? `${name.slice(0, -suffix.length)}${suffixes[suffix]}` : undefined
}

export const gzipTools: Record<string, Tool> = {
  gzip: make({}),
  gunzip: make({ unpack: true }),
  zcat: make({ unpack: true, toOutput: true }),
}
