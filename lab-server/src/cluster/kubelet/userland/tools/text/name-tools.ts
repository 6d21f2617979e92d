// basename, dirname and seq: lines made of the arguments alone.
import type { Tool } from '../../task.ts'
import { parseOptions } from '../options.ts'
import { usageFailure } from '../usage.ts'

const lastPart = (path: string) =>
  path
    .replace(/(.)\/+$/, '$1')
    .split('/')
    .at(-1) || '/'

const basename: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, 'as:', {}, true)
  const [first, second] = operands
  const isMany = has.has('a') || has.has('s')
  if (first === undefined || (!isMany && operands.length > 2)) throw usageFailure('basename')
  const suffix = isMany ? value.get('s') : second
  for (const path of isMany ? operands : [first]) {
    const name = lastPart(path)
    const cut = suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name
    await task.stdout.write(`${cut}\n`)
  }
  return 0
}

const dirname: Tool = async (task) => {
  const [path] = task.argv.slice(task.argv[1] === '--' ? 2 : 1)
  if (path === undefined) throw usageFailure('dirname')
  const trimmed = path.replace(/(.)\/+$/, '$1')
  const at = trimmed.lastIndexOf('/')
  const folder = at === -1 ? '.' : trimmed.slice(0, at).replace(/\/+$/, '') || '/'
  await task.stdout.write(`${folder}\n`)
  return 0
}

const decimals = (text: string) => /\.(\d+)/.exec(text)?.[1]?.length ?? 0

const seq: Tool = async (task) => {
  const options = parseOptions(task.argv, 'ws:', {}, true)
  const words = options.operands
  const numbers = words.map((word) => (word.trim() === '' ? Number.NaN : Number(word)))
  if (numbers.length < 1 || numbers.length > 3 || numbers.some(Number.isNaN)) throw usageFailure('seq')
  const first = numbers.length > 1 ? (numbers[0] ?? 1) : 1
  const step = numbers.length > 2 ? (numbers[1] ?? 1) : 1
  const last = numbers.at(-1) ?? 1
  const places = Math.max(...words.map(decimals))
  const width = options.has.has('w') ? Math.max(...[first, last].map((number) => number.toFixed(places).length)) : 0
  const shown = (number: number) => {
    const text = Math.abs(number).toFixed(places)
    return number < 0 ? `-${text.padStart(width - 1, '0')}` : text.padStart(width, '0')
  }
  const separator = options.value.get('s') ?? '\n'
  let isFirst = true
  const isInside = (number: number) => (step >= 0 ? number <= last + 1e-10 : number >= last - 1e-10)
  let block = ''
  for (let index = 0; isInside(first + index * step); index += 1) {
    block += `${isFirst ? '' : separator}${shown(first + index * step)}`
    isFirst = false
    // In blocks, so that a reader that has enough ends an endless row.
    if (block.length > 4096) {
      await task.stdout.write(block)
      block = ''
    }
  }
  await task.stdout.write(isFirst ? '' : `${block}\n`)
  return 0
}

export const nameTools: Record<string, Tool> = { basename, dirname, seq }
