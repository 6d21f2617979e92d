// Printed columns. A kind names its columns; their descriptions come from one table of texts.
import { columnDescriptions } from './generated/column-descriptions.ts'
import type { Column } from './kind-definition.ts'

/** A column still without its description. */
export type ColumnName = Omit<Column, 'description'>

/** The first column of nearly every kind. */
export const nameColumn: ColumnName = { name: 'Name', type: 'string', format: 'name', priority: 0 }

/** How old the object is. */
export const ageColumn: ColumnName = plain('Age')

/** When the object was created, for kinds without a printer of their own. */
export const createdAtColumn: ColumnName = { name: 'Created At', type: 'date', format: '', priority: 0 }

/** A column that always shows. */
export function plain(name: string, type: Column['type'] = 'string'): ColumnName {
  return { name, type, format: '', priority: 0 }
}

/** A column that shows with `-o wide` only. */
export function wide(name: string): ColumnName {
  return { name, type: 'string', format: '', priority: 1 }
}

/** Adds to each column the description that the API publishes for it. */
export function describeColumns(plural: string, columns: ColumnName[]): Column[] {
  return columns.map(({ name, type, format, priority }) => ({
    name,
    type,
    format: format ?? '',
    description: columnDescriptions[plural]?.[name] ?? columnDescriptions['*']?.[name] ?? name,
    priority,
  }))
}
