// The commands of command mode: a count, a register, and keys that belong together.
import { actions, type Command, type Wish } from './actions.ts'
import { complain, type Editor } from './editor.ts'
import { special } from './keys.ts'
import { findMotion, type MotionPlace, moveOf } from './motions.ts'
import { linesFrom, operate, spanOf } from './operators.ts'
import { searchAgain } from './search.ts'
import { firstWord, startOfLine } from './text-places.ts'

const waitsForCharacter = new Set(['f', 'F', 't', 'T', "'", 'r', 'm', 'Z', 'z'])

/** Reads the keys so far: a command, `more` when it goes on, undefined when it is none. */
export function readCommand(keys: string): Command | 'more' | undefined {
  const match = /^(?:"([a-z])?)?([1-9]\d*)?([dcy<>])?([1-9]\d*)?([\s\S]*)$/.exec(keys)
  const [, letter, first, operator = '', second, rest = ''] = match ?? []
  if (rest === '') return 'more'
  const counts = [first, second].filter((count) => count !== undefined).map(Number)
  const count = counts.length > 0 ? counts.reduce((product, one) => product * one, 1) : undefined
  const command = { register: letter?.toUpperCase() ?? 'D', count, operator, char: '' }
  if (rest[0] === 'g') {
    if (rest.length === 1) return 'more'
    return rest === 'gg' ? { ...command, name: 'gg' } : undefined
  }
  const [key = ''] = rest
  if (operator !== '' && key === operator) return { ...command, name: key }
  const name = moveOf(key) ?? key
  if (operator !== '' && moveOf(key) === undefined && !'nN;,'.includes(key)) return undefined
  if (!waitsForCharacter.has(name)) return { ...command, name }
  return rest.length === 1 ? 'more' : { ...command, name, char: rest[1] ?? '' }
}

/** Runs a command; answers what the editor cannot do alone. False for one that does not exist. */
export function runCommand(editor: Editor, command: Command): Wish | undefined | false {
  const { operator, name, count = 1, register } = command
  if (operator !== '' && name === operator) {
    operate(editor, operator, linesFrom(editor, count), register)
    return undefined
  }
  const motion = motionOf(editor, command)
  if (motion !== 'none') {
    if (!motion) return undefined
    if (operator !== '') operate(editor, operator, spanOf(editor, motion, operator, name), register)
    else {
      editor.cursor = motion.to
      editor.column = motion.column
    }
    return undefined
  }
  const action = actions[name]
  return action ? action(editor, command) : false
}

function motionOf(editor: Editor, { name, char, count }: Command) {
  const { text, cursor, column, top, rows, marks, lastFind } = editor
  const place: MotionPlace = { text, cursor, count, column, top, rows, marks }
  if (name === 'n' || name === 'N') {
    const to = searchAgain(editor, name === 'N')
    return to === undefined ? undefined : { to }
  }
  if (name === ';' || name === ',') {
    if (!lastFind) return undefined
    const { key } = lastFind
    const turned = key === key.toLowerCase() ? key.toUpperCase() : key.toLowerCase()
    return findMotion(name === ';' ? key : turned, lastFind.char, place)
  }
  if ('fFtT'.includes(name)) editor.lastFind = { key: name, char }
  return moveOf(name) === undefined && name !== 'gg' ? 'none' : findMotion(name, char, place)
}

/** Keys of commands that `.` repeats. */
export const changes = new Set([...'iaAIRoOxXDCsSpPJ~rdc<>', special.insert, special.delete])

/** What is said of keys that mean nothing. */
export function notImplemented(editor: Editor, keys: string): void {
  const shown = [...keys].map((key) => (key < ' ' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key)).join('')
  complain(editor, `'${shown}' is not implemented`)
}

/** Goes to a line, counted from 1. */
export function goToLine(editor: Editor, line: number): void {
  editor.cursor = firstWord(editor.text, startOfLine(editor.text, line - 1))
}
