import type { Shell } from './shell.ts'

/** A command that the shell runs itself: gets the shell and its command line, and resolves with the exit code. */
export type Builtin = (shell: Shell, argv: string[]) => Promise<number>

/** Writes a text so that a shell reads it back as one word. */
export const quote = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`
