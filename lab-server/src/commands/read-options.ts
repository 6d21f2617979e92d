// How every command reads its command line: what cannot be used is a ConfigError that says what can.
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ConfigError } from '../config.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/** Reads flags and, for a command that takes them, ids; an unknown or misused flag brings the command's help. */
export function readOptions<const T extends Options>(args: string[], options: T, help: string, takesIds = false) {
  try {
    return parseArgs({ args, options, allowPositionals: takesIds })
  } catch (error) {
    throw new ConfigError(`${(error as Error).message}\n\n${help}`)
  }
}

/** What a flag's number may be; the ends belong to it. */
export interface NumberRange {
  least: number
  most: number
  whole?: boolean
}

/** The number that a flag was given. */
export function readNumber(name: string, text: string, { least, most, whole = false }: NumberRange): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value
  throw new ConfigError(`--${name} must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not "${text}".`)
}
