// Tools that change files: cp, mv, rm, mkdir and the like, with BusyBox's words.
import { posix } from 'node:path'
import { type Task, type Tool, ToolFailure } from '../task.ts'
import { explain } from './explain.ts'
import { parseOptions } from './options.ts'

/** Does something to each operand; failures are reported and the rest goes on. */
async function forEach(
  task: Task,
  names: string[],
  act: (path: string, name: string) => Promise<void>,
  phrase: (name: string, problem: string) => string,
): Promise<number> {
  let status = 0
  for (const name of names) {
    try {
      await act(posix.resolve(task.cwd, name), name)
    } catch (error) {
      if (error instanceof ToolFailure) throw error
      await task.stderr.write(`${task.argv[0]}: ${phrase(name, explain(error))}\n`)
      status = 1
    }
  }
  return status
}

const needOperand = (task: Task, operands: string[]) => {
  if (operands.length === 0) throw new ToolFailure(`${task.argv[0]}: missing operand`)
}

const mkdir: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'pm:', { parents: 'p', mode: 'm' })
  needOperand(task, operands)
  const { fs } = task.system
  return forEach(
    task,
    operands,
    async (path) => {
      await fs.mkdir(path, { recursive: has.has('p') })
      const mode = value.get('m')
      if (mode) await fs.chmod(path, Number.parseInt(mode, 8))
    },
    (name, problem) => `can't create directory '${name}': ${problem}`,
  )
}

const rmdir: Tool = async (task) => {
  const { operands } = parseOptions(task.argv, 'p')
  return forEach(
    task,
    operands,
    (path) => task.system.fs.rm(path),
    (name, problem) => `'${name}': ${problem}`,
  )
}

const rm: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'rRfiv', { recursive: 'r', force: 'f' })
  const recursive = has.has('r') || has.has('R')
  if (operands.length === 0 && !has.has('f')) throw new ToolFailure('rm: missing operand')
  const { fs } = task.system
  return forEach(
    task,
    operands,
    async (path, name) => {
      const stat = await fs.lstat(path).catch((error: unknown) => {
        if (has.has('f')) return undefined
        throw error
      })
      if (!stat) return
      if (stat.isDirectory && !recursive) throw new ToolFailure(`rm: '${name}' is a directory`)
      await fs.rm(path, { recursive, force: has.has('f') })
    },
    (name, problem) => `can't remove '${name}': ${problem}`,
  )
}

/** The target of `cp` and `mv`: inside a folder, or the name itself. */
async function targetOf(task: Task, source: string, target: string): Promise<string> {
  const path = posix.resolve(task.cwd, target)
  const stat = await task.system.fs.stat(path).catch(() => undefined)
  return stat?.isDirectory ? posix.join(path, posix.basename(source)) : path
}

const copyOrMove =
  (kind: 'cp' | 'mv'): Tool =>
  async (task) => {
    const { has, operands } = parseOptions(task.argv, 'rRafpdnvLPit:', { recursive: 'r', archive: 'a', force: 'f' })
    const target = operands.pop()
    if (target === undefined || operands.length === 0) throw new ToolFailure(`${kind}: missing file operand`)
    const { fs } = task.system
    const isFolder = (await fs.stat(posix.resolve(task.cwd, target)).catch(() => undefined))?.isDirectory ?? false
    if (operands.length > 1 && !isFolder) throw new ToolFailure(`${kind}: target '${target}' is not a directory`)
    const recursive = has.has('r') || has.has('R') || has.has('a')
    return forEach(
      task,
      operands,
      async (path, name) => {
        const to = await targetOf(task, name, target)
        if (kind === 'mv') return fs.mv(path, to)
        const stat = await (has.has('a') || has.has('d') ? fs.lstat(path) : fs.stat(path))
        if (stat.isDirectory && !recursive) throw new ToolFailure(`cp: omitting directory '${name}'`)
        await fs.cp(stat.isSymbolicLink ? path : await fs.realpath(path), to, { recursive })
      },
      (name, problem) => (kind === 'cp' ? `can't stat '${name}': ${problem}` : `can't rename '${name}': ${problem}`),
    )
  }

const touch: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'cd:t:r:amh')
  const { fs } = task.system
  return forEach(
    task,
    operands,
    async (path) => {
      if (await fs.exists(path)) return fs.utimes(path, new Date(), new Date())
      if (!has.has('c')) await (await fs.openWrite(path, true)).close()
    },
    (name, problem) => `${name}: ${problem}`,
  )
}

const ln: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'sfnv', { symbolic: 's', force: 'f' })
  const { fs } = task.system
  const [source = '', target = posix.basename(source)] = operands
  const to = await targetOf(task, source, target)
  if (has.has('f')) await fs.rm(to, { force: true })
  try {
    if (has.has('s')) await fs.symlink(source, to)
    else await fs.link(posix.resolve(task.cwd, source), to)
  } catch (error) {
    throw new ToolFailure(`ln: ${target}: ${explain(error)}`)
  }
  return 0
}

const chmod: Tool = async (task) => {
  const { operands, has } = parseOptions(
    task.argv.map((arg) => (/^-[rwx]/.test(arg) && arg !== '-R' ? `a${arg}` : arg)),
    'Rfv',
  )
  const [mode = '', ...names] = operands
  const { fs } = task.system
  const change = async (path: string): Promise<void> => {
    const stat = await fs.stat(path)
    await fs.chmod(path, nextMode(mode, stat.mode))
    if (has.has('R') && stat.isDirectory)
      for (const name of await fs.readdir(path)) await change(posix.join(path, name))
  }
  return forEach(task, names, change, (name, problem) => `${name}: ${problem}`)
}

/** A mode after `u+x,go-w` or `755`. */
export function nextMode(text: string, mode: number): number {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8)
  let next = mode
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause)
    if (!match) throw new ToolFailure(`chmod: invalid mode '${text}'`)
    const [, who = '', operator, permissions = ''] = match
    const shifts = [...(who === '' || who.includes('a') ? 'ugo' : who)].map((one) => ({ u: 6, g: 3, o: 0 })[one] ?? 0)
    const bits = [...permissions].reduce((sum, one) => sum | ({ r: 4, w: 2, x: 1, X: 1 }[one] ?? 0), 0)
    for (const shift of shifts) {
      if (operator === '+') next |= bits << shift
      else if (operator === '-') next &= ~(bits << shift)
      else next = (next & ~(7 << shift)) | (bits << shift)
    }
  }
  return next
}

const readlink: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'fnev')
  for (const name of operands) {
    const path = posix.resolve(task.cwd, name)
    const found = await (has.has('f') ? task.system.fs.realpath(path) : task.system.fs.readlink(path)).catch(
      () => undefined,
    )
    if (found === undefined) return 1
    await task.stdout.write(found + (has.has('n') ? '' : '\n'))
  }
  return 0
}

const mktemp: Tool = async (task) => {
  const { has, operands, value } = parseOptions(task.argv, 'dqtup:')
  const folder = value.get('p') ?? task.env.TMPDIR ?? '/tmp'
  const template = operands[0] ?? `${folder}/tmp.XXXXXX`
  const random = () =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'.charAt(Math.floor(Math.random() * 62))
  const path = template.replace(/X{6}$/, () => Array.from({ length: 6 }, random).join(''))
  const absolute = posix.resolve(task.cwd, path)
  if (has.has('d')) await task.system.fs.mkdir(absolute)
  else await task.system.fs.writeFile(absolute, '')
  await task.stdout.write(`${path}\n`)
  return 0
}

const stat: Tool = async (task) => {
  const { value, operands } = parseOptions(task.argv, 'c:Lft')
  const { fs } = task.system
  return forEach(
    task,
    operands,
    async (path, name) => {
      const one = await fs.lstat(path)
      const octal = (one.mode & 0o7777).toString(8)
      const kind = {
        file: one.size === 0 ? 'regular empty file' : 'regular file',
        folder: 'directory',
        symlink: 'symbolic link',
        device: 'character special file',
      }[one.kind]
      const values: Record<string, string> = {
        a: octal,
        n: name,
        s: String(one.size),
        F: kind,
        u: String(one.uid),
        g: String(one.uid),
        U: one.uid === 0 ? 'root' : String(one.uid),
        G: one.uid === 0 ? 'root' : String(one.uid),
        Y: String(Math.floor(one.mtime.getTime() / 1000)),
        y: one.mtime.toISOString().replace('T', ' ').replace('Z', '000000 +0000'),
        h: String(one.links),
        i: String(one.ino ?? 1),
      }
      const format = value.get('c')
      if (format !== undefined)
        return task.stdout.write(`${format.replaceAll(/%(\w)/g, (whole, key: string) => values[key] ?? whole)}\n`)
      await task.stdout.write(
        `  File: ${name}\n  Size: ${one.size}\tBlocks: ${Math.ceil(one.size / 512)}\tIO Block: 4096\t${kind}\nDevice: 38h/56d\tInode: ${values.i}\tLinks: ${one.links}\nAccess: (0${octal})  Uid: (${values.u}/${values.U})   Gid: (${values.g}/${values.G})\nModify: ${values.y}\n`,
      )
    },
    (name, problem) => `can't stat '${name}': ${problem}`,
  )
}

export const fileTools: Record<string, Tool> = {
  mkdir,
  rmdir,
  rm,
  touch,
  ln,
  chmod,
  readlink,
  mktemp,
  stat,
  link: ln,
  cp: copyOrMove('cp'),
  mv: copyOrMove('mv'),
}
