// Evaluates `$((…))` over the parsed expression.
import type { CommandNode } from 'just-bash'
import { ShellError } from './state.ts'

export type ArithmeticNode = Extract<CommandNode, { type: 'ArithmeticCommand' }>['expression']
type Expression = ArithmeticNode['expression']

/** Where an expression reads and writes variables. */
export interface ArithmeticScope {
  get(name: string): string | undefined
  set(name: string, value: string): void
  /** The value of `$?`, `$#`, `$1` and the like. */
  special(name: string): string
  /** Evaluates the text of a variable as an expression of its own. */
  evaluateText(text: string): number
  /** Expands `${…}` and `$(…)` inside the expression. */
  expandText(text: string): Promise<string>
}

const toInteger = (value: number) => Number(BigInt.asIntN(64, BigInt(Math.trunc(value))))

/** The value of an expression, as a 64-bit integer (exact up to 2^53). */
export async function evaluateArithmetic(node: Expression, scope: ArithmeticScope): Promise<number> {
  const evaluate = (child: Expression) => evaluateArithmetic(child, scope)
  const read = (name: string) => {
    const text = scope.get(name)?.trim() ?? ''
    if (text === '') return 0
    return /^-?\d+$/.test(text) ? Number(text) : scope.evaluateText(text)
  }

  switch (node.type) {
    case 'ArithNumber':
      return node.value
    case 'ArithVariable':
      return /^\d+$/.test(node.name) ? Number(scope.special(node.name)) || 0 : read(node.name)
    case 'ArithSpecialVar':
      return Number(scope.special(node.name)) || 0
    case 'ArithGroup':
    case 'ArithNested':
      return evaluate(node.expression)
    case 'ArithTernary':
      return (await evaluate(node.condition)) !== 0 ? evaluate(node.consequent) : evaluate(node.alternate)
    case 'ArithBinary': {
      const left = await evaluate(node.left)
      if (node.operator === '&&') return left !== 0 && (await evaluate(node.right)) !== 0 ? 1 : 0
      if (node.operator === '||') return left !== 0 || (await evaluate(node.right)) !== 0 ? 1 : 0
      return applyOperator(node.operator, left, await evaluate(node.right))
    }
    case 'ArithUnary': {
      if (node.operator === '++' || node.operator === '--') {
        if (node.operand.type !== 'ArithVariable') throw new ShellError('arithmetic syntax error')
        const before = read(node.operand.name)
        const after = toInteger(node.operator === '++' ? before + 1 : before - 1)
        scope.set(node.operand.name, String(after))
        return node.prefix ? after : before
      }
      const value = await evaluate(node.operand)
      if (node.operator === '-') return -value
      if (node.operator === '!') return value === 0 ? 1 : 0
      return node.operator === '~' ? Number(~BigInt(value)) : value
    }
    case 'ArithAssignment': {
      const right = await evaluate(node.value)
      const value =
        node.operator === '=' ? right : applyOperator(node.operator.slice(0, -1), read(node.variable), right)
      scope.set(node.variable, String(value))
      return value
    }
    case 'ArithBracedExpansion':
      return Number(await scope.expandText(`\${${node.content}}`)) || 0
    case 'ArithCommandSubst':
      return Number(await scope.expandText(`$(${node.command})`)) || 0
    default:
      throw new ShellError('arithmetic syntax error')
  }
}

function applyOperator(operator: string, left: number, right: number): number {
  const big = (compute: (a: bigint, b: bigint) => bigint) =>
    Number(BigInt.asIntN(64, compute(BigInt(Math.trunc(left)), BigInt(Math.trunc(right)))))
  switch (operator) {
    case '+':
      return big((a, b) => a + b)
    case '-':
      return big((a, b) => a - b)
    case '*':
      return big((a, b) => a * b)
    case '/':
    case '%':
      if (right === 0) throw new ShellError('divide by zero', 2)
      return operator === '/' ? Math.trunc(left / right) : left % right
    case '**':
      if (right < 0) throw new ShellError('exponent less than 0', 2)
      return toInteger(Math.min(left ** right, Number.MAX_SAFE_INTEGER))
    case '<<':
      return big((a, b) => a << (b & 63n))
    case '>>':
      return big((a, b) => a >> (b & 63n))
    case '<':
      return Number(left < right)
    case '<=':
      return Number(left <= right)
    case '>':
      return Number(left > right)
    case '>=':
      return Number(left >= right)
    case '==':
      return Number(left === right)
    case '!=':
      return Number(left !== right)
    case '&':
      return big((a, b) => a & b)
    case '|':
      return big((a, b) => a | b)
    case '^':
      return big((a, b) => a ^ b)
    case ',':
      return right
    default:
      throw new ShellError('arithmetic syntax error')
  }
}
