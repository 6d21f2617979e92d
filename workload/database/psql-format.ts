// Prints result tables as psql does: aligned, unaligned, expanded, CSV.

export interface Column {
  name: string
  /** Numbers stand to the right. */
  isNumeric: boolean
}

export interface ResultTable {
  columns: Column[]
  rows: (string | null)[][]
  title?: string
  /** Lines below the table instead of the row count. */
  footers?: string[]
}

export interface Format {
  mode: 'aligned' | 'unaligned' | 'csv'
  isExpanded: boolean
  tuplesOnly: boolean
  separator: string
}

/** psql's own settings at start. */
export const defaultFormat: Format = { mode: 'aligned', isExpanded: false, tuplesOnly: false, separator: '|' }

/** Formats one result, with its trailing line break. */
export function formatTable(table: ResultTable, format: Format): string {
  if (format.mode === 'csv') return formatCsv(table, format)
  if (format.isExpanded) return formatExpanded(table, format)
  return format.mode === 'aligned' ? formatAligned(table, format) : formatUnaligned(table, format)
}

function rowCount({ rows }: ResultTable): string {
  return `(${rows.length} row${rows.length === 1 ? '' : 's'})`
}

function formatUnaligned(table: ResultTable, { tuplesOnly, separator }: Format): string {
  const rows = table.rows.map((row) => row.map((cell) => cell ?? '').join(separator))
  if (tuplesOnly) return lines(rows)
  const title = table.title === undefined ? [] : [table.title]
  return lines([
    ...title,
    table.columns.map(({ name }) => name).join(separator),
    ...rows,
    ...(table.footers ?? [rowCount(table)]),
  ])
}

function formatCsv({ columns, rows }: ResultTable, { tuplesOnly }: Format): string {
  const quote = (cell: string | null) =>
    /[",\n\r]/.test(cell ?? '') ? `"${cell?.replaceAll('"', '""')}"` : (cell ?? '')
  const body = rows.map((row) => row.map(quote).join(','))
  return lines(tuplesOnly ? body : [columns.map(({ name }) => quote(name)).join(','), ...body])
}

function formatAligned(table: ResultTable, { tuplesOnly }: Format): string {
  const { columns, rows } = table
  const cells = rows.map((row) => row.map((cell) => (cell ?? '').split('\n')))
  const widths = columns.map(({ name }, index) =>
    Math.max(width(name), ...cells.map((row) => Math.max(0, ...(row[index] ?? []).map(width)))),
  )
  const body = cells.flatMap((row) => alignedRow(row, columns, widths))
  if (tuplesOnly) return `${lines(body)}\n`
  const header = columns.map(({ name }, index) => ` ${centered(name, widths[index] ?? 0)} `).join('|')
  const rule = widths.map((size) => '-'.repeat(size + 2)).join('+')
  const total = widths.reduce((sum, size) => sum + size + 3, -1)
  const title = table.title === undefined ? [] : [centered(table.title, total).trimEnd()]
  return `${lines([...title, header, rule, ...body, ...(table.footers ?? [rowCount(table)])])}\n`
}

/** One row; a cell with line breaks takes several lines, marked by a plus. */
function alignedRow(row: string[][], columns: Column[], widths: number[]): string[] {
  const height = Math.max(1, ...row.map((cell) => cell.length))
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ isNumeric }, index) => {
        const cell = row[index] ?? []
        const text = cell[line] ?? ''
        const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - width(text)))
        const goesOn = line < cell.length - 1
        const isLast = index === columns.length - 1
        if (isNumeric) return ` ${space}${text}${goesOn ? '+' : isLast ? '' : ' '}`
        return ` ${text}${isLast && !goesOn ? '' : space}${goesOn ? '+' : isLast ? '' : ' '}`
      })
      .join('|'),
  )
}

function formatExpanded(table: ResultTable, { tuplesOnly, mode, separator }: Format): string {
  const { columns, rows } = table
  if (rows.length === 0) return tuplesOnly ? '' : '(0 rows)\n\n'
  const names = Math.max(...columns.map(({ name }) => width(name)))
  const values = Math.max(...rows.flat().map((cell) => Math.max(...(cell ?? '').split('\n').map(width))))
  const text = rows.map((row, index) => {
    const pairs = columns.map(({ name }, at) => {
      const value = row[at] ?? ''
      return mode === 'aligned'
        ? `${name.padEnd(names)} | ${value.replaceAll('\n', `+\n${' '.repeat(names)} | `)}`
        : `${name}${separator}${value}`
    })
    if (mode !== 'aligned') return lines(pairs)
    const label = `-[ RECORD ${index + 1} ]`
    const head = label.length > names ? label : label.padEnd(names + 1, '-')
    const rule = head.length > names + 1 ? head.padEnd(names + values + 3, '-') : `${head}+${'-'.repeat(values + 1)}`
    return lines(tuplesOnly ? pairs : [rule, ...pairs])
  })
  return text.join(mode === 'aligned' && !tuplesOnly ? '' : '\n') + (mode === 'aligned' ? '\n' : '')
}

function lines(all: string[]): string {
  return all.map((line) => `${line}\n`).join('')
}

function centered(text: string, size: number): string {
  const space = Math.max(0, size - width(text))
  const left = Math.floor(space / 2)
  return ' '.repeat(left) + text + ' '.repeat(space - left)
}

function width(text: string): number {
  return [...text].length
}
