// How `break`, `continue`, `return` and `exit` leave the code around them.

/** Leaves `levels` loops, or goes on with the outermost of them. */
export class LoopExit extends Error {
  readonly kind: 'break' | 'continue'
  levels: number
  constructor(kind: 'break' | 'continue', levels: number) {
    super(kind)
    this.kind = kind
    this.levels = levels
  }
}

/** Leaves a function or a sourced file. */
export class FunctionReturn extends Error {
  readonly exitCode: number
  constructor(exitCode: number) {
    super('return')
    this.exitCode = exitCode
  }
}

/** Leaves the shell. `replaced` when another program took its place and no trap may run. */
export class ShellExit extends Error {
  readonly exitCode: number
  readonly replaced: boolean
  constructor(exitCode: number, replaced = false) {
    super('exit')
    this.exitCode = exitCode & 255
    this.replaced = replaced
  }
}
