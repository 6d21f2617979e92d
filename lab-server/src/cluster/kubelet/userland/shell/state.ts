// What a shell remembers between commands.
import type { CommandNode } from 'just-bash'
import type { ByteReader, ByteWriter } from '../byte-stream.ts'

export type FunctionNode = Extract<CommandNode, { type: 'FunctionDef' }>

export interface Variable {
  value: string
  exported: boolean
  readOnly: boolean
}

/** An open file descriptor; a terminal or a file may be both. */
export interface Descriptor {
  reader?: ByteReader
  writer?: ByteWriter
}

export interface Job {
  id: number
  pid: number
  command: string
  done: Promise<number>
  state: 'Running' | 'Done' | 'Terminated'
  exitCode?: number
  signal(name: string): void
}

/** State of one shell; a subshell works on a copy. */
export interface ShellState {
  /** `$0` */
  name: string
  variables: Map<string, Variable>
  functions: Map<string, FunctionNode>
  aliases: Map<string, string>
  positional: string[]
  cwd: string
  lastStatus: number
  options: Set<string>
  /** Commands by signal name, `EXIT` included. */
  traps: Map<string, string>
  /** Saved variables of the functions being run, for `local`. */
  locals: Map<string, Variable | undefined>[]
  descriptors: Map<number, Descriptor>
  jobs: Job[]
  lastJobPid?: number
  pid: number
  isInteractive: boolean
  /** Inside a condition, where `set -e` does not apply. */
  conditionDepth: number
  depth: number
  /** How many `$(…)` ran: an assignment's status is theirs. */
  substitutions: number
}

/** Makes the state of a fresh shell from an environment. */
export function makeShellState(name: string, env: Record<string, string>, cwd: string, pid: number): ShellState {
  const variables = new Map<string, Variable>()
  for (const [key, value] of Object.entries(env)) {
    if (/^[A-Za-z_]\w*$/.test(key)) variables.set(key, { value, exported: true, readOnly: false })
  }
  variables.set('IFS', { value: ' \t\n', exported: false, readOnly: false })
  variables.set('PPID', { value: pid === 1 ? '0' : '1', exported: false, readOnly: true })
  variables.set('PWD', { value: cwd, exported: true, readOnly: false })
  if (!variables.has('PS2')) variables.set('PS2', { value: '> ', exported: false, readOnly: false })
  return {
    name,
    variables,
    functions: new Map(),
    aliases: new Map(),
    positional: [],
    cwd,
    lastStatus: 0,
    options: new Set(),
    traps: new Map(),
    locals: [],
    descriptors: new Map(),
    jobs: [],
    pid,
    isInteractive: false,
    conditionDepth: 0,
    depth: 0,
    substitutions: 0,
  }
}

/** Copies a shell for a subshell: what it changes stays its own. */
export function forkShell(state: ShellState): ShellState {
  const variables = new Map([...state.variables].map(([key, variable]) => [key, { ...variable }]))
  return {
    ...state,
    variables,
    functions: new Map(state.functions),
    aliases: new Map(state.aliases),
    positional: [...state.positional],
    options: new Set(state.options),
    traps: new Map([...state.traps].filter(([, command]) => command === '')),
    locals: state.locals.map((saved) => new Map(saved)),
    descriptors: new Map(state.descriptors),
    jobs: [],
    isInteractive: false,
    depth: state.depth + 1,
  }
}

/** A message of the shell itself, which ends the command. */
export class ShellError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 2) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Sets a variable; a shell refuses to change a read-only one. */
export function assign(state: ShellState, name: string, value: string, exported?: boolean): void {
  const old = state.variables.get(name)
  if (old?.readOnly) throw new ShellError(`${name}: is read only`)
  const isExported = exported ?? old?.exported ?? state.options.has('a')
  state.variables.set(name, { value, exported: isExported, readOnly: false })
}

export const lookUp = (state: ShellState, name: string) => state.variables.get(name)?.value

/** The environment for commands that the shell starts. */
export function exportedVariables(state: ShellState): Record<string, string> {
  const env: Record<string, string> = {}
  for (const [name, { value, exported }] of state.variables) if (exported) env[name] = value
  return env
}
