// cal: a month, or a year in four rows of three.
import { type Tool, ToolFailure } from '../task.ts'
import { months } from './calendar-names.ts'
import { parseOptions } from './options.ts'

const days = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()
const title = (text: string, width: number) =>
  `${' '.repeat(Math.max(0, Math.floor((width - text.length) / 2)))}${text}`

/** The rows of a month: its days below those of the week. */
function monthRows(year: number, month: number, fromMonday: boolean): string[] {
  const first = (new Date(Date.UTC(year, month - 1, 1)).getUTCDay() + (fromMonday ? 6 : 0)) % 7
  const cells = [...Array<string>(first).fill('  ')]
  for (let day = 1; day <= days(year, month); day += 1) cells.push(String(day).padStart(2))
  const weeks = Array.from({ length: 6 }, (_, week) => cells.slice(week * 7, week * 7 + 7).join(' '))
  return [fromMonday ? 'Mo Tu We Th Fr Sa Su' : 'Su Mo Tu We Th Fr Sa', ...weeks]
}

/** `cal [-my] [[MONTH] YEAR]` */
export const cal: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'jmy')
  const now = new Date()
  const numbers = operands.map(Number)
  const year = numbers.at(-1) ?? now.getUTCFullYear()
  const month =
    numbers.length === 2 ? numbers[0] : numbers.length === 1 || has.has('y') ? undefined : now.getUTCMonth() + 1
  const check = (value: number | undefined, most: number) => {
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return
    throw new ToolFailure(`cal: number ${value} is not in 1..${most} range`)
  }
  check(year, 9999)
  check(month, 12)
  const isMonday = has.has('m')
  if (month !== undefined) {
    const name = title(`${months[month - 1]} ${year}`, 20)
    const rows = monthRows(year, month, isMonday).map((row) => row.trimEnd())
    await task.stdout.write(`${[name, ...rows].join('\n').trimEnd()}\n`)
    return 0
  }
  await task.stdout.write(`${title(String(year), 64)}\n\n${yearRows(year, isMonday).join('\n')}\n`)
  return 0
}

function yearRows(year: number, isMonday: boolean): string[] {
  return [0, 3, 6, 9].flatMap((start) => {
    const three = [1, 2, 3].map((offset) => start + offset)
    const heads = three.map((month) => title(months[month - 1] ?? '', 20).padEnd(20)).join('  ')
    const columns = three.map((month) => monthRows(year, month, isMonday))
    return [
      heads,
      ...[0, 1, 2, 3, 4, 5, 6].map((row) => columns.map((rows) => (rows[row] ?? '').padEnd(20)).join('  ')),
    ].map((line) => line.trimEnd())
  })
}
