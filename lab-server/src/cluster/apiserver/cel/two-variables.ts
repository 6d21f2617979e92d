// Macros with two variables, over the items of a list and their places, or over the keys and values of a map:
// `spec.ports.all(i, port, port > i)`, `metadata.labels.exists(k, v, v == "x")`, `transformList`, `transformMap`.
import type { Environment } from '@marcbachmann/cel-js'

// The library's macros are open, but its types do not say what they are made of: this is what is used of it.
interface Node {
  op: string
  args: unknown
}
interface Scope {
  forkWithVariable(name: string, type: unknown): Scope
  reuse(parent: Scope): Scope
  setIterValue(value: unknown, evaluator: Evaluator): Scope
}
interface Checker {
  check(node: Node, scope: Scope): unknown
  getType(name: string): unknown
}
interface Evaluator {
  run(node: Node, scope: Scope): unknown
}
interface Macro {
  receiver: Node
  args: Node[]
  first: Scope
  second: Scope
}
type Each = (evaluate: (node: Node) => unknown, item: { key: unknown; value: unknown }) => void

/** How one macro goes through its items: `visit` for each, and `result` when none is left or `isDone`. */
interface Walk {
  visit: Each
  isDone?(): boolean
  result(): unknown
}

/** Adds the macros. */
export function registerTwoVariables(environment: Environment): void {
  const add = (name: string, count: number, type: string, walk: (args: Node[]) => Walk) => {
    const signature = `list.${name}(${Array.from({ length: count }, () => 'ast').join(', ')}): ${type}`
    environment.registerFunction(signature, macroOf(type, walk) as unknown as () => unknown)
  }
  add('all', 3, 'bool', ([, , holds]) => quantifier(holds, false))
  add('exists', 3, 'bool', ([, , holds]) => quantifier(holds, true))
  add('existsOne', 3, 'bool', ([, , holds]) => exactlyOne(holds))
  add('transformList', 3, 'list', ([, , made]) => listOf(undefined, made))
  add('transformList', 4, 'list', ([, , holds, made]) => listOf(holds, made))
  add('transformMap', 3, 'map', ([, , made]) => mapOf(undefined, made, false))
  add('transformMap', 4, 'map', ([, , holds, made]) => mapOf(holds, made, false))
  add('transformMapEntry', 3, 'map', ([, , made]) => mapOf(undefined, made, true))
  add('transformMapEntry', 4, 'map', ([, , holds, made]) => mapOf(holds, made, true))
}

function macroOf(type: string, walk: (args: Node[]) => Walk) {
  return ({ args, receiver }: { args: Node[]; receiver: Node }) => ({
    receiver,
    args,
    async: false,
    typeCheck(checker: Checker, macro: Macro, scope: Scope) {
      checker.check(macro.receiver, scope)
      const [key, value, ...rest] = macro.args
      macro.first = scope.forkWithVariable(nameOf(key), checker.getType('dyn'))
      macro.second = macro.first.forkWithVariable(nameOf(value), checker.getType('dyn'))
      for (const node of rest) checker.check(node, macro.second)
      return checker.getType(type)
    },
    evaluate(evaluator: Evaluator, macro: Macro, scope: Scope) {
      const { visit, isDone = () => false, result } = walk(macro.args)
      for (const item of itemsOf(evaluator.run(macro.receiver, scope))) {
        const first = macro.first.reuse(scope).setIterValue(item.key, evaluator)
        const second = macro.second.reuse(first).setIterValue(item.value, evaluator)
        visit((node) => evaluator.run(node, second), item)
        if (isDone()) break
      }
      return result()
    },
  })
}

function nameOf(node: Node | undefined): string {
  if (node?.op === 'id') return String(node.args)
  throw new Error('argument must be a simple name')
}

function itemsOf(range: unknown): { key: unknown; value: unknown }[] {
  if (Array.isArray(range)) return range.map((value, index) => ({ key: BigInt(index), value }))
  if (range instanceof Map) return [...range].map(([key, value]) => ({ key, value }))
  if (typeof range === 'object' && range !== null) {
    return Object.entries(range).map(([key, value]) => ({ key, value }))
  }
  throw new Error('no such overload')
}

/** `wanted` ends the search; an error counts only when nothing else decides. */
function quantifier(holds: Node | undefined, wanted: boolean): Walk {
  let isFound = false
  let error: unknown
  return {
    visit(evaluate) {
      try {
        if (holds && evaluate(holds) === wanted) isFound = true
      } catch (thrown) {
        error ??= thrown
      }
    },
    isDone: () => isFound,
    result() {
      if (!isFound && error !== undefined) throw error
      return isFound === wanted
    },
  }
}

function exactlyOne(holds: Node | undefined): Walk {
  let count = 0
  return {
    visit(evaluate) {
      if (holds && evaluate(holds) === true) count += 1
    },
    result: () => count === 1,
  }
}

function listOf(holds: Node | undefined, made: Node | undefined): Walk {
  const list: unknown[] = []
  return {
    visit(evaluate) {
      if (made && (!holds || evaluate(holds) === true)) list.push(evaluate(made))
    },
    result: () => list,
  }
}

function mapOf(holds: Node | undefined, made: Node | undefined, isEntry: boolean): Walk {
  const entries: [string, unknown][] = []
  return {
    visit(evaluate, { key }) {
      if (!made || (holds && evaluate(holds) !== true)) return
      const value = evaluate(made)
      if (!isEntry) entries.push([String(key), value])
      else for (const own of itemsOf(value)) entries.push([String(own.key), own.value])
    },
    result: () => Object.fromEntries(entries),
  }
}
