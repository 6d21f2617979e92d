// Evaluates `[[ … ]]`.
import type { CommandNode } from 'just-bash'
import type { JailFs } from '../fs/jail-fs.ts'
import { type TestScene, testBinary, testUnary } from '../tools/test.ts'
import { type Expander, expandPattern, expandText } from './expand.ts'
import { matchesPattern } from './pattern.ts'
import type { ShellState } from './state.ts'

type Condition = Extract<CommandNode, { type: 'ConditionalCommand' }>['expression']

/** What the shell's own conditions are asked of: any descriptor may be the terminal. */
export function shellScene({ cwd, descriptors }: ShellState, fs: JailFs): TestScene {
  const isTerminal = (number: number) => {
    const descriptor = descriptors.get(number)
    return (descriptor?.reader?.isTerminal || descriptor?.writer?.isTerminal) ?? false
  }
  return { fs, cwd, isTerminal }
}

/** Whether the condition holds. */
export async function evaluateCondition(expander: Expander, node: Condition): Promise<boolean> {
  switch (node.type) {
    case 'CondNot':
      return !(await evaluateCondition(expander, node.operand))
    case 'CondAnd':
      return (await evaluateCondition(expander, node.left)) && (await evaluateCondition(expander, node.right))
    case 'CondOr':
      return (await evaluateCondition(expander, node.left)) || (await evaluateCondition(expander, node.right))
    case 'CondGroup':
      return evaluateCondition(expander, node.expression)
    case 'CondWord':
      return (await expandText(expander, node.word)) !== ''
    case 'CondUnary':
      return testUnary(node.operator, await expandText(expander, node.operand), shellScene(expander.state, expander.fs))
    case 'CondBinary': {
      const left = await expandText(expander, node.left)
      if (node.operator === '=' || node.operator === '==' || node.operator === '!=') {
        return matchesPattern(await expandPattern(expander, node.right), left) === (node.operator !== '!=')
      }
      const right = await expandText(expander, node.right)
      if (node.operator === '=~') return new RegExp(right).test(left)
      return testBinary(left, node.operator, right, shellScene(expander.state, expander.fs))
    }
  }
}
