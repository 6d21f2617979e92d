// psql's backslash commands: those that an operator reaches for.

import { formatTable } from './psql-format.ts'
import type { PsqlOutput, Session } from './psql-session.ts'

/** What the loop does after a command: go on, leave, or connect to another database. */
export type MetaResult =
  | { kind: 'done' }
  | { kind: 'failed' }
  | { kind: 'quit' }
  | { kind: 'connect'; database: string; user?: string }

const relations: Record<string, { kinds: string; title: string }> = {
  d: { kinds: "'r','p','v','m','S','f'", title: 'List of relations' },
  dt: { kinds: "'r','p'", title: 'List of relations' },
  dv: { kinds: "'v'", title: 'List of relations' },
  ds: { kinds: "'S'", title: 'List of relations' },
  di: { kinds: "'i','I'", title: 'List of relations' },
}
const kindNames = `CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
  WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index' WHEN 'S' THEN 'sequence' ELSE 'foreign table' END`

const lists: Record<string, { title: string; sql: string }> = {
  l: {
    title: 'List of databases',
    sql: `SELECT d.datname AS "Name", pg_get_userbyid(d.datdba) AS "Owner", pg_encoding_to_char(d.encoding) AS "Encoding",
      d.datcollate AS "Collate", d.datctype AS "Ctype", array_to_string(d.datacl, E'\\n') AS "Access privileges"
      FROM pg_database d ORDER BY 1`,
  },
  du: {
    title: 'List of roles',
    sql: `SELECT r.rolname AS "Role name", concat_ws(', ', CASE WHEN r.rolsuper THEN 'Superuser' END, CASE WHEN r.rolcreaterole THEN 'Create role' END,
      CASE WHEN r.rolcreatedb THEN 'Create DB' END, CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END, CASE WHEN r.rolreplication THEN 'Replication' END,
      CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END) AS "Attributes" FROM pg_roles r WHERE r.rolname !~ '^pg_' ORDER BY 1`,
  },
  dn: {
    title: 'List of schemas',
    sql: `SELECT nspname AS "Name", pg_get_userbyid(nspowner) AS "Owner" FROM pg_namespace
      WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`,
  },
  dx: {
    title: 'List of installed extensions',
    sql: `SELECT e.extname AS "Name", e.extversion AS "Version", n.nspname AS "Schema", d.description AS "Description"
      FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace LEFT JOIN pg_description d ON d.objoid = e.oid ORDER BY 1`,
  },
}

const help = `General
  \\q                     quit psql
Informational
  \\conninfo              display information about current connection
  \\d [NAME]              list tables, views, and sequences, or describe one
  \\dt \\di \\ds \\dv         list tables, indexes, sequences, views
  \\dn \\du \\dx \\l          list schemas, roles, extensions, databases
Formatting
  \\a                     toggle between unaligned and aligned output mode
  \\t                     show only rows
  \\x                     toggle expanded output
Connection
  \\c[onnect] [DBNAME]    connect to new database
`

/** Runs one backslash command; `line` begins with the backslash. */
export async function runMeta(session: Session, line: string, output: PsqlOutput): Promise<MetaResult> {
  const [word = '', argument, second] = line.trim().replace(/;$/, '').split(/\s+/)
  const name = word.slice(1)
  const done: MetaResult = { kind: 'done' }
  switch (name) {
    case 'q':
      return { kind: 'quit' }
    case '?':
      output.out(help)
      return done
    case 'conninfo':
      output.out(connectionInfo(session))
      return done
    case 'c':
    case 'connect':
      return { kind: 'connect', database: argument ?? session.target.database, ...(second ? { user: second } : {}) }
    case 'echo':
      output.out(`${line.trim().slice(6)}\n`)
      return done
    case 'x':
    case 't':
    case 'a':
      toggle(session, name, output)
      return done
  }
  const plain = name.replace(/[+S]+$/, '')
  const list = lists[plain]
  if (list) return showList(session, list.sql, list.title, output)
  const relation = relations[plain]
  if (relation && argument === undefined) return showRelations(session, relation.kinds, output)
  if (relation && plain === 'd') return describeRelation(session, argument ?? '', output)
  if (relation) return showRelations(session, relation.kinds, output, argument)
  output.error(`invalid command \\${name}\nTry \\? for help.\n`)
  return { kind: 'failed' }
}

function connectionInfo({ target }: Session): string {
  const { database, user, host, port } = target
  const where = host.startsWith('/')
    ? `via socket in "${host}" at port "${port}"`
    : `on host "${host}" at port "${port}"`
  return `You are connected to database "${database}" as user "${user}" ${where}.\n`
}

function toggle(session: Session, name: 'x' | 't' | 'a', output: PsqlOutput): void {
  const { format } = session
  if (name === 'x') {
    session.format = { ...format, isExpanded: !format.isExpanded }
    output.out(`Expanded display is ${session.format.isExpanded ? 'on' : 'off'}.\n`)
  } else if (name === 't') {
    session.format = { ...format, tuplesOnly: !format.tuplesOnly }
    output.out(`Tuples only is ${session.format.tuplesOnly ? 'on' : 'off'}.\n`)
  } else {
    session.format = { ...format, mode: format.mode === 'aligned' ? 'unaligned' : 'aligned' }
    output.out(`Output format is ${session.format.mode}.\n`)
  }
}

async function showList(session: Session, sql: string, title: string, output: PsqlOutput): Promise<MetaResult> {
  const result = await session.query(sql)
  output.out(formatTable({ ...result, title }, session.format))
  return { kind: 'done' }
}

async function showRelations(
  session: Session,
  kinds: string,
  output: PsqlOutput,
  pattern?: string,
): Promise<MetaResult> {
  const isIndex = kinds.includes("'i'")
  const named =
    pattern === undefined
      ? 'pg_table_is_visible(c.oid)'
      : `c.relname ~ ${literal(`^(${pattern.replaceAll('*', '.*')})$`)}`
  const table = isIndex ? ', t.relname AS "Table"' : ''
  const join = isIndex ? 'LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid' : ''
  const result = await session.query(`SELECT n.nspname AS "Schema", c.relname AS "Name", ${kindNames} AS "Type",
    pg_get_userbyid(c.relowner) AS "Owner"${table} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ${join}
    WHERE c.relkind IN (${kinds}) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ${named} ORDER BY 1, 2`)
  if (result.rows.length === 0) {
    output.error(
      pattern === undefined ? 'Did not find any relations.\n' : `Did not find any relation named "${pattern}".\n`,
    )
    return { kind: pattern === undefined ? 'done' : 'failed' }
  }
  output.out(formatTable({ ...result, title: 'List of relations' }, session.format))
  return { kind: 'done' }
}

async function describeRelation(session: Session, name: string, output: PsqlOutput): Promise<MetaResult> {
  const found =
    await session.query(`SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid = to_regclass(${literal(name)})`)
  const [oid, schema, relation, kind] = found.rows[0] ?? []
  if (!oid) {
    output.error(`Did not find any relation named "${name}".\n`)
    return { kind: 'failed' }
  }
  const columns = await session.query(`SELECT a.attname AS "Column", format_type(a.atttypid, a.atttypmod) AS "Type",
    CASE WHEN a.attcollation <> t.typcollation THEN co.collname END AS "Collation", CASE WHEN a.attnotnull THEN 'not null' END AS "Nullable",
    pg_get_expr(d.adbin, d.adrelid) AS "Default" FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_collation co ON co.oid = a.attcollation
    WHERE a.attrelid = ${oid} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`)
  const indexes = await session.query(`SELECT format('    "%s" %s%s', c.relname,
    CASE WHEN i.indisprimary THEN 'PRIMARY KEY, ' WHEN i.indisunique THEN 'UNIQUE, ' ELSE '' END,
    regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '')) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ${oid} ORDER BY i.indisprimary DESC, c.relname`)
  const names: Record<string, string> = { r: 'Table', v: 'View', S: 'Sequence', i: 'Index' }
  const footers = indexes.rows.length > 0 ? ['Indexes:', ...indexes.rows.map(([line]) => line ?? '')] : []
  output.out(
    formatTable(
      { ...columns, title: `${names[kind ?? ''] ?? 'Relation'} "${schema}.${relation}"`, footers },
      session.format,
    ),
  )
  return { kind: 'done' }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
