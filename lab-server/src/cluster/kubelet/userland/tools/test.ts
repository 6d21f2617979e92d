// The conditions of `test`, `[` and `[[`.
import { posix } from 'node:path'
import type { JailFs } from '../fs/jail-fs.ts'
import { type Task, ToolFailure } from '../task.ts'

const unary = /^-[bcdefghknprstuwxzLSGO]$/
const binary = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef'])

/** What a condition is asked of. */
export interface TestScene {
  fs: JailFs
  cwd: string
  /** Whether a file descriptor is the terminal. */
  isTerminal(descriptor: number): boolean
}

/** The scene of a command of its own, which has the three standard descriptors. */
export function sceneOf({ system, cwd, stdin, stdout, stderr }: Task): TestScene {
  const descriptors = [stdin, stdout, stderr]
  return { fs: system.fs, cwd, isTerminal: (descriptor) => descriptors[descriptor]?.isTerminal ?? false }
}

/** Evaluates the arguments of `test`. */
export async function evaluateTest(args: string[], scene: TestScene): Promise<boolean> {
  let position = 0
  const peek = () => args[position]

  const parseOr = async (): Promise<boolean> => {
    let value = await parseAnd()
    while (peek() === '-o') {
      position += 1
      value = (await parseAnd()) || value
    }
    return value
  }
  const parseAnd = async (): Promise<boolean> => {
    let value = await parseNot()
    while (peek() === '-a') {
      position += 1
      value = (await parseNot()) && value
    }
    return value
  }
  const parseNot = async (): Promise<boolean> => {
    if (peek() === '!' && args.length - position > 1) {
      position += 1
      return !(await parseNot())
    }
    return parsePrimary()
  }
  const parsePrimary = async (): Promise<boolean> => {
    const [first, second, third] = args.slice(position, position + 3)
    if (first === undefined) return false
    if (second !== undefined && third !== undefined && binary.has(second)) {
      position += 3
      return testBinary(first, second, third, scene)
    }
    if (first === '(') {
      position += 1
      const value = await parseOr()
      position += 1
      return value
    }
    if (unary.test(first) && second !== undefined) {
      position += 2
      return testUnary(first, second, scene)
    }
    position += 1
    return first !== ''
  }

  if (args.length === 0) return false
  const value = await parseOr()
  if (position < args.length) throw new ToolFailure(`sh: ${args[position]}: unknown operand`, 2)
  return value
}

/** A condition on one word. */
export async function testUnary(operator: string, operand: string, scene: TestScene): Promise<boolean> {
  const { fs, cwd } = scene
  if (operator === '-z') return operand === ''
  if (operator === '-n') return operand !== ''
  if (operator === '-t') return scene.isTerminal(integer(operand))
  const path = posix.resolve(cwd, operand)
  if (operator === '-L' || operator === '-h')
    return (await fs.lstat(path).catch(() => undefined))?.isSymbolicLink ?? false
  const stat = operand === '' ? undefined : await fs.stat(path).catch(() => undefined)
  if (!stat) return false
  switch (operator) {
    case '-f':
      return stat.isFile
    case '-d':
      return stat.isDirectory
    case '-s':
      return stat.size > 0
    case '-w':
      return fs.isWritable(path)
    case '-x':
      return (stat.mode & 0o111) !== 0
    case '-c':
      return stat.kind === 'device'
    case '-b':
    case '-p':
    case '-S':
    case '-g':
    case '-u':
    case '-k':
      return false
    default:
      return true
  }
}

/** A condition on two words. */
export async function testBinary(
  left: string,
  operator: string,
  right: string,
  { fs, cwd }: TestScene,
): Promise<boolean> {
  switch (operator) {
    case '=':
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '>':
      return left > right
    case '-nt':
    case '-ot':
    case '-ef': {
      const [a, b] = await Promise.all(
        [left, right].map((path) => fs.stat(posix.resolve(cwd, path)).catch(() => undefined)),
      )
      if (operator === '-ef') return a !== undefined && a.ino === b?.ino
      const [first, second] = operator === '-nt' ? [a, b] : [b, a]
      return first !== undefined && (second === undefined || first.mtime > second.mtime)
    }
    default: {
      const [a, b] = [integer(left), integer(right)]
      const compared: Record<string, boolean> = {
        '-eq': a === b,
        '-ne': a !== b,
        '-lt': a < b,
        '-le': a <= b,
        '-gt': a > b,
        '-ge': a >= b,
      }
      return compared[operator] ?? false
    }
  }
}

function integer(text: string): number {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new ToolFailure(`sh: ${text}: bad number`, 2)
  return Number(text)
}
