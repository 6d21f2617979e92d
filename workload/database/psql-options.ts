// The command line of psql.

export type Step = { kind: 'command' | 'file'; text: string }

export interface PsqlOptions {
  host?: string
  port?: string
  user?: string
  database?: string
  steps: Step[]
  variables: Record<string, string>
  tuplesOnly: boolean
  unaligned: boolean
  csv: boolean
  expanded: boolean
  quiet: boolean
  list: boolean
  echo: boolean
  singleTransaction: boolean
  separator?: string
  showVersion: boolean
}

type Flag =
  | 'tuplesOnly'
  | 'unaligned'
  | 'csv'
  | 'expanded'
  | 'quiet'
  | 'list'
  | 'echo'
  | 'singleTransaction'
  | 'showVersion'
type Value = 'host' | 'port' | 'user' | 'database' | 'separator' | 'command' | 'file' | 'variable'

const flags: Record<string, Flag | 'ignored'> = {
  '-t': 'tuplesOnly',
  '--tuples-only': 'tuplesOnly',
  '-A': 'unaligned',
  '--no-align': 'unaligned',
  '--csv': 'csv',
  '-x': 'expanded',
  '--expanded': 'expanded',
  '-q': 'quiet',
  '--quiet': 'quiet',
  '-l': 'list',
  '--list': 'list',
  '-a': 'echo',
  '-e': 'echo',
  '-1': 'singleTransaction',
  '--single-transaction': 'singleTransaction',
  '-V': 'showVersion',
  '--version': 'showVersion',
  '-X': 'ignored',
  '--no-psqlrc': 'ignored',
  '-w': 'ignored',
  '--no-password': 'ignored',
  '-W': 'ignored',
  '-n': 'ignored',
}
const values: Record<string, Value> = {
  '-h': 'host',
  '--host': 'host',
  '-p': 'port',
  '--port': 'port',
  '-U': 'user',
  '--username': 'user',
  '-d': 'database',
  '--dbname': 'database',
  '-c': 'command',
  '--command': 'command',
  '-f': 'file',
  '--file': 'file',
  '-v': 'variable',
  '--set': 'variable',
  '--variable': 'variable',
  '-F': 'separator',
  '--field-separator': 'separator',
}

/** Reads the arguments; throws an Error with psql's own text for one it does not know. */
export function readOptions(args: string[]): PsqlOptions {
  const options: PsqlOptions = {
    steps: [],
    variables: {},
    tuplesOnly: false,
    unaligned: false,
    csv: false,
    expanded: false,
    quiet: false,
    list: false,
    echo: false,
    singleTransaction: false,
    showVersion: false,
  }
  const positional: string[] = []
  const rest = args.flatMap(splitCluster)
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const at = word.startsWith('--') ? word.indexOf('=') : -1
    const name = at < 0 ? word : word.slice(0, at)
    const flag = flags[name]
    const value = values[name]
    if (flag && flag !== 'ignored') options[flag] = true
    else if (value) setValue(options, value, at < 0 ? rest.shift() : word.slice(at + 1), name)
    else if (word.startsWith('-') && word !== '-' && !flag)
      throw new Error(`psql: unrecognized option: ${word.replace(/^-+/, '')}`)
    else if (!flag) positional.push(word)
  }
  const [database, user] = positional
  if (database !== undefined) options.database ??= database
  if (user !== undefined) options.user ??= user
  return readConnectionString(options)
}

/** `-tAc 'select 1'` is `-t -A -c 'select 1'`; `-Utaskuser` is `-U taskuser`. */
function splitCluster(word: string): string[] {
  if (!/^-[A-Za-z1].+/.test(word) || word.startsWith('--')) return [word]
  const first = word.slice(0, 2)
  if (values[first]) return [first, word.slice(2).replace(/^=/, '')]
  return flags[first] ? [first, ...splitCluster(`-${word.slice(2)}`)] : [word]
}

function setValue(options: PsqlOptions, name: Value, value: string | undefined, flag: string): void {
  if (value === undefined) throw new Error(`psql: option requires an argument: ${flag.replace(/^-+/, '')}`)
  if (name === 'command' || name === 'file') options.steps.push({ kind: name, text: value })
  else if (name === 'variable') {
    const at = value.indexOf('=')
    options.variables[at < 0 ? value : value.slice(0, at)] = at < 0 ? '' : value.slice(at + 1)
  } else options[name] = value
}

/** A database may be given as a URL, or as `key=value` pairs. */
function readConnectionString(options: PsqlOptions): PsqlOptions {
  const text = options.database ?? ''
  const url = /^postgres(ql)?:\/\//.test(text) ? URL.parse(text) : null
  if (url) {
    const part = (value: string) => (value === '' ? undefined : decodeURIComponent(value))
    const found = {
      host: part(url.hostname),
      port: part(url.port),
      user: part(url.username),
      database: part(url.pathname.slice(1)),
    }
    if (url.password) options.variables.PASSWORD = decodeURIComponent(url.password)
    return { ...options, database: undefined, ...defined(found) } as PsqlOptions
  }
  if (!text.includes('=')) return options
  const pairs = Object.fromEntries(
    [...text.matchAll(/(\w+)\s*=\s*('[^']*'|\S+)/g)].map(([, key, value]) => [key, value?.replaceAll("'", '')]),
  )
  if (pairs.password) options.variables.PASSWORD = pairs.password
  const found = { host: pairs.host, port: pairs.port, user: pairs.user, database: pairs.dbname }
  return { ...options, database: undefined, ...defined(found) } as PsqlOptions
}

function defined(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}
