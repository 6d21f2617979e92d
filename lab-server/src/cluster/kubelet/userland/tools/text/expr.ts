// expr: arithmetic, comparison and patterns on the words of its command line.
import { type Tool, ToolFailure } from '../../task.ts'
import { translate } from '../grep.ts'

const syntaxError = () => new ToolFailure('expr: syntax error', 2)

const levels = [['|'], ['&'], ['=', '==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%'], [':']]

const isNumber = (text: string) => /^-?\d+$/.test(text)
const isTrue = (text: string) => text !== '' && !/^-?0+$/.test(text)

function toNumber(text: string): bigint {
  if (!isNumber(text)) throw new ToolFailure('expr: non-numeric argument', 2)
  return BigInt(text)
}

function match(text: string, pattern: string): string {
  const expression = new RegExp(`^(?:${translate(pattern, false)})`)
  const hasGroup = pattern.includes('\\(')
  const found = expression.exec(text)
  if (!found) return hasGroup ? '' : '0'
  return hasGroup ? (found[1] ?? '') : String(found[0].length)
}

function calculate(left: string, operator: string, right: string): string {
  switch (operator) {
    case '|':
      return isTrue(left) ? left : right
    case '&':
      return isTrue(left) && isTrue(right) ? left : '0'
    case ':':
      return match(left, right)
    case '+':
      return String(toNumber(left) + toNumber(right))
    case '-':
      return String(toNumber(left) - toNumber(right))
    case '*':
      return String(toNumber(left) * toNumber(right))
    case '/':
    case '%': {
      const [a, b] = [toNumber(left), toNumber(right)]
      if (b === 0n) throw new ToolFailure('expr: division by zero', 2)
      return String(operator === '/' ? a / b : a % b)
    }
    default:
      return Number(compare(left, operator, right)).toString()
  }
}

function compare(left: string, operator: string, right: string): boolean {
  const areNumbers = isNumber(left) && isNumber(right)
  const [a, b] = areNumbers ? [BigInt(left), BigInt(right)] : [left, right]
  const results: Record<string, boolean> = {
    '=': a === b,
    '==': a === b,
    '!=': a !== b,
    '<': a < b,
    '<=': a <= b,
    '>': a > b,
    '>=': a >= b,
  }
  return results[operator] ?? false
}

/** Prints the value; the exit code says whether it is neither empty nor 0. */
export const expr: Tool = async (task) => {
  const words = task.argv.slice(1)
  if (words.length === 0) throw new ToolFailure('expr: too few arguments', 2)
  const take = () => {
    const word = words.shift()
    if (word === undefined) throw syntaxError()
    return word
  }
  const parse = (level: number): string => {
    if (level === levels.length) return primary()
    let value = parse(level + 1)
    while (words[0] !== undefined && levels[level]?.includes(words[0]))
      value = calculate(value, take(), parse(level + 1))
    return value
  }
  const primary = (): string => {
    const word = take()
    if (word === '(') {
      const value = parse(0)
      if (words.shift() !== ')') throw syntaxError()
      return value
    }
    if (words.length === 0) return word
    if (word === 'quote') return take()
    if (word === 'length') return String(Buffer.byteLength(parse(levels.length)))
    if (word === 'match') return match(parse(levels.length), parse(levels.length))
    if (word === 'index') {
      const [text, chars] = [parse(levels.length), parse(levels.length)]
      return String([...text].findIndex((char) => chars.includes(char)) + 1)
    }
    if (word === 'substr') {
      const [text, from, count] = [parse(levels.length), Number(parse(levels.length)), Number(parse(levels.length))]
      return from > 0 && count > 0 ? text.slice(from - 1, from - 1 + count) : ''
    }
    return word
  }
  const value = parse(0)
  if (words.length > 0) throw syntaxError()
  await task.stdout.write(`${value}\n`)
  return Number(!isTrue(value))
}
