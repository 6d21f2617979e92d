// The grammar of label selectors as kubectl writes them: `app in (a,b),tier!=x,!legacy,release`.
import type { LabelRequirement } from './selectors.ts'
import { labelKeyProblems, labelValueProblems } from './validation/names.ts'

/** A selector that cannot be read; the message is upstream's. */
export class SelectorError extends Error {}

type TokenKind = 'identifier' | 'keyword' | 'symbol' | 'end'
interface Token {
  kind: TokenKind
  text: string
}

const symbols = ['!=', '==', '=', '!', ',', '(', ')', '>', '<']
const operators: Record<string, LabelRequirement['operator']> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'GreaterThan',
  '<': 'LessThan',
}

/** Reads a label selector, or throws a `SelectorError`. An empty text selects everything. */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const tokens = makeTokens(text)
  const requirements: LabelRequirement[] = []
  if (tokens.peek().kind === 'end') return requirements
  for (;;) {
    const first = tokens.peek()
    if (!isName(first) && first.text !== '!') {
      throw new SelectorError(`found '${first.text}', expected: !, identifier, or 'end of string'`)
    }
    requirements.push(parseRequirement(tokens))
    const next = tokens.take()
    if (next.kind === 'end') return requirements
    if (next.text !== ',') throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`)
    const after = tokens.peek()
    if (!isName(after) && after.text !== '!') {
      throw new SelectorError(`found '${after.text}', expected: identifier after ','`)
    }
  }
}

interface Tokens {
  peek(): Token
  take(): Token
}

function parseRequirement(tokens: Tokens): LabelRequirement {
  try {
    return readRequirement(tokens)
  } catch (error) {
    if (error instanceof SelectorError) throw new SelectorError(`unable to parse requirement: ${error.message}`)
    throw error
  }
}

function readRequirement(tokens: Tokens): LabelRequirement {
  const negated = tokens.peek().text === '!' && tokens.peek().kind === 'symbol'
  if (negated) tokens.take()
  const { kind, text: key } = tokens.take()
  if (kind !== 'identifier' && (kind !== 'keyword' || negated)) expected(key, 'identifier')
  for (const problem of labelKeyProblems(key)) throw new SelectorError(`key: Invalid value: "${key}": ${problem}`)
  const next = tokens.peek()
  if (next.kind === 'end' || next.text === ',') {
    return { key, operator: negated ? 'DoesNotExist' : 'Exists', values: [] }
  }
  const symbol = tokens.take()
  const operator = symbol.kind === 'identifier' ? undefined : operators[symbol.text]
  if (!operator) expected(symbol.text, 'in, notin, =, ==, !=, gt, lt')
  if (negated) return { key, operator: 'DoesNotExist', values: [] }
  const values = symbol.kind === 'keyword' ? readValues(tokens) : [readExactValue(tokens)]
  return checkValues({ key, operator: operator as LabelRequirement['operator'], values })
}

function checkValues(requirement: LabelRequirement): LabelRequirement {
  const { key, operator, values } = requirement
  if (operator === 'GreaterThan' || operator === 'LessThan') {
    for (const value of values) {
      if (!/^[+-]?\d+$/.test(value)) {
        throw new SelectorError(
          `values[0]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`,
        )
      }
    }
  }
  for (const [i, value] of values.entries()) {
    for (const problem of labelValueProblems(value)) {
      throw new SelectorError(`values[${i}][${key}]: Invalid value: "${value}": ${problem}`)
    }
  }
  return requirement
}

function readExactValue(tokens: Tokens): string {
  const next = tokens.peek()
  if (next.kind === 'end' || next.text === ',') return ''
  const value = tokens.take()
  if (!isName(value)) expected(value.text, 'identifier')
  return value.text
}

function readValues(tokens: Tokens): string[] {
  const open = tokens.take()
  if (open.text !== '(') throw new SelectorError(`found '${open.text}' expected: '('`)
  const values = new Set<string>()
  let wantsValue = true
  for (;;) {
    const token = tokens.take()
    if (isName(token) && wantsValue) {
      values.add(token.text)
      wantsValue = false
    } else if (token.text === ',') {
      if (wantsValue) values.add('')
      wantsValue = true
    } else if (token.text === ')') {
      if (wantsValue) values.add('')
      return [...values].sort()
    } else {
      expected(token.text, wantsValue ? "',', ')' or identifier" : "',' or ')'")
    }
  }
}

function expected(found: string, wanted: string): never {
  throw new SelectorError(`found '${found}', expected: ${wanted}`)
}

function isName(token: Token): boolean {
  return token.kind === 'identifier' || token.kind === 'keyword'
}

function makeTokens(text: string): Tokens {
  let rest = text
  let next: Token | undefined
  const scan = (): Token => {
    rest = rest.trimStart()
    if (rest === '') return { kind: 'end', text: '' }
    const symbol = symbols.find((candidate) => rest.startsWith(candidate))
    const found = symbol ?? /^[^!=,()<>\s]+/.exec(rest)?.[0] ?? rest
    rest = rest.slice(found.length)
    if (symbol) return { kind: 'symbol', text: found }
    return { kind: found === 'in' || found === 'notin' ? 'keyword' : 'identifier', text: found }
  }
  return {
    peek() {
      next ??= scan()
      return next
    },
    take() {
      const token = next ?? scan()
      next = undefined
      return token
    },
  }
}
