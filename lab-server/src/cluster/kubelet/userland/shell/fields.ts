// Turns the pieces of an expanded word into fields: splitting on IFS where nothing was quoted.
import { quotePattern, unquotePattern } from './pattern.ts'

/** Collects a word's pieces; a field is kept as a pattern, with quoted text escaped. */
export class FieldBuilder {
  private readonly done: string[] = []
  private current = ''
  private hasCurrent = false
  private readonly separators: string

  constructor(separators: string) {
    this.separators = separators
  }

  /** Text that was quoted: neither split nor a pattern. */
  addQuoted(text: string): void {
    this.current += quotePattern(text)
    this.hasCurrent = true
  }

  /** Text of the script itself: a pattern, but not split. */
  addLiteral(text: string): void {
    this.current += text
    this.hasCurrent ||= text !== ''
  }

  /** The result of an expansion outside quotes: split, and each piece is a pattern. */
  addSplit(text: string): void {
    const blanks = [...this.separators].filter((char) => ' \t\n'.includes(char)).join('')
    let index = 0
    while (index < text.length) {
      const char = text[index] ?? ''
      if (!this.separators.includes(char)) {
        let end = index
        while (end < text.length && !this.separators.includes(text[end] ?? '')) end += 1
        this.current += text.slice(index, end).replaceAll('\\', '\\\\')
        this.hasCurrent = true
        index = end
        continue
      }
      let sawOther = false
      while (index < text.length && this.separators.includes(text[index] ?? '')) {
        const isBlank = blanks.includes(text[index] ?? '')
        if (!isBlank && sawOther) break
        sawOther ||= !isBlank
        index += 1
      }
      if (sawOther) this.hasCurrent = true
      this.endField()
    }
  }

  /** Ends the field, for `"$@"`. */
  endField(): void {
    if (this.hasCurrent) this.done.push(this.current)
    this.current = ''
    this.hasCurrent = false
  }

  fields(): string[] {
    this.endField()
    return this.done
  }
}

/** The text of a field that was kept as a pattern. */
export const fieldText = unquotePattern
