// Builtins about variables, options and parameters.
import { type Builtin, quote } from './builtin.ts'
import { stdoutOf } from './shell.ts'
import { assign, lookUp, ShellError } from './state.ts'

const isName = (text: string) => /^[A-Za-z_]\w*$/.test(text)

/** `export` and `readonly`. */
export const exportVariables: Builtin = async (shell, argv) => {
  const { state } = shell
  const isReadOnly = argv[0] === 'readonly'
  const args = argv.slice(1).filter((arg) => arg !== '-p' && arg !== '--')
  if (args.length === 0) {
    for (const [name, { value, exported, readOnly }] of [...state.variables].sort()) {
      if (isReadOnly ? readOnly : exported) await stdoutOf(shell).write(`${argv[0]} ${name}=${quote(value)}\n`)
    }
    return 0
  }
  for (const arg of args) {
    const [name = '', ...rest] = arg.split('=')
    if (!isName(name)) throw new ShellError(`${argv[0]}: ${name}: bad variable name`)
    if (arg.includes('=')) assign(state, name, rest.join('='), isReadOnly ? undefined : true)
    const variable = state.variables.get(name) ?? { value: '', exported: false, readOnly: false }
    state.variables.set(name, isReadOnly ? { ...variable, readOnly: true } : { ...variable, exported: true })
  }
  return 0
}

/** Makes variables of a function its own. */
export const local: Builtin = async ({ state }, argv) => {
  const saved = state.locals.at(-1)
  if (!saved) throw new ShellError('local: not in a function')
  for (const arg of argv.slice(1)) {
    const [name = '', ...rest] = arg.split('=')
    if (!saved.has(name)) saved.set(name, state.variables.get(name))
    if (arg.includes('=')) assign(state, name, rest.join('='))
    else state.variables.set(name, { value: lookUp(state, name) ?? '', exported: false, readOnly: false })
  }
  return 0
}

const longOptions: Record<string, string> = {
  errexit: 'e',
  nounset: 'u',
  xtrace: 'x',
  noglob: 'f',
  allexport: 'a',
  noclobber: 'C',
}

/** Changes options and positional parameters. */
export const set: Builtin = async (shell, argv) => {
  const { state } = shell
  const args = argv.slice(1)
  if (args.length === 0) {
    for (const [name, { value }] of [...state.variables].sort())
      await stdoutOf(shell).write(`${name}=${quote(value)}\n`)
    return 0
  }
  while (args.length > 0 && /^[-+]./.test(args[0] ?? '')) {
    const arg = args.shift() ?? ''
    if (arg === '--') {
      state.positional = args
      return 0
    }
    const change = (option: string) => (arg.startsWith('-') ? state.options.add(option) : state.options.delete(option))
    for (const letter of arg.slice(1)) {
      if (letter !== 'o') change(letter)
      else {
        const name = args.shift() ?? ''
        change(longOptions[name] ?? name)
      }
    }
  }
  if (args.length > 0) state.positional = args[0] === '-' ? args.slice(1) : args
  return 0
}

/** Reads one option of a script’s arguments. */
export const getopts: Builtin = async ({ state }, argv) => {
  const [, options = '', name = 'opt', ...given] = argv
  const args = given.length > 0 ? given : state.positional
  const index = Number(lookUp(state, 'OPTIND') ?? 1)
  const within = Number(lookUp(state, '_OPTPOS') ?? 1)
  const arg = args[index - 1]
  if (!arg?.startsWith('-') || arg === '-' || arg === '--') {
    assign(state, name, '?')
    if (arg === '--') assign(state, 'OPTIND', String(index + 1))
    return 1
  }
  const letter = arg[within] ?? ''
  const at = options.indexOf(letter)
  const isLast = within + 1 >= arg.length
  assign(state, '_OPTPOS', isLast ? '1' : String(within + 1))
  assign(state, 'OPTIND', String(isLast ? index + 1 : index))
  assign(state, name, at === -1 || letter === ':' ? '?' : letter)
  if (at !== -1 && options[at + 1] === ':') {
    const value = isLast ? args[index] : arg.slice(within + 1)
    assign(state, 'OPTARG', value ?? '')
    assign(state, '_OPTPOS', '1')
    assign(state, 'OPTIND', String(isLast ? index + 2 : index + 1))
  }
  return 0
}
