// Where in a scenario's file a field stands: authors are told the line of each mistake.
import { type Document, isNode, LineCounter, parseDocument } from 'yaml'

/** The line of the field that a JSON pointer names, or of the nearest thing around it. */
export function lineOf(document: Document, lines: LineCounter, pointer: string): number {
  const path = pointer.split('/').slice(1)
  for (let length = path.length; length > 0; length--) {
    const keys = path.slice(0, length).map((key) => (/^\d+$/.test(key) ? Number(key) : key))
    const node = document.getIn(keys, true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}

/** The same in a text. */
export function lineInText(text: string, pointer: string): number {
  const lines = new LineCounter()
  return lineOf(parseDocument(text, { lineCounter: lines }), lines, pointer)
}
