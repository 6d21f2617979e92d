// Brings other versions of kubectl for the tests that compare them: Debian's old and new ones, taken apart in a
// folder of our own. Nothing is installed. Prints `name path` for each that is there.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const cache = join(root, 'node_modules', '.cache', 'kubectl')
const suites = [
  { suite: 'bookworm', package: 'kubernetes-client' },
  { suite: 'sid', package: 'kubectl' },
]

/** The mirror that this machine uses for Debian itself. */
function findMirror() {
  const folder = '/etc/apt/sources.list.d'
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []),
  ]
  const text = files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  return /^(?:URIs:|deb)\s+(\S*\/debian)\/?(?:\s|$)/m.exec(text)?.[1]
}

/** Downloads one suite's package with an apt of its own lists, and unpacks it. */
function fetchSuite({ suite, package: name }, mirror) {
  const home = join(cache, suite)
  const binary = join(home, 'root', 'usr', 'bin', 'kubectl')
  if (existsSync(binary)) return binary
  const folders = { state: join(home, 'lists', 'state'), cache: join(home, 'lists', 'cache') }
  for (const folder of [join(folders.state, 'lists', 'partial'), join(folders.cache, 'archives', 'partial')])
    mkdirSync(folder, { recursive: true })
  const sources = join(home, 'sources.list')
  writeFileSync(sources, `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} ${suite} main\n`)
  writeFileSync(join(folders.state, 'status'), '')
  const options = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State=${folders.state}`,
    `Dir::State::status=${join(folders.state, 'status')}`,
    `Dir::Cache=${folders.cache}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option])
  const quiet = { cwd: home, stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 }
  execFileSync('apt-get', [...options, 'update'], quiet)
  execFileSync('apt-get', [...options, 'download', name], quiet)
  const archive = readdirSync(home).find((file) => file.endsWith('.deb'))
  execFileSync('dpkg-deb', ['-x', archive, join(home, 'root')], quiet)
  rmSync(join(home, archive))
  rmSync(join(home, 'lists'), { recursive: true, force: true })
  return binary
}

const mirror = findMirror()
for (const entry of suites) {
  try {
    if (!mirror) throw new Error('this machine has no Debian mirror')
    console.log(`${entry.suite} ${fetchSuite(entry, mirror)}`)
  } catch (error) {
    console.error(
      `no kubectl of Debian ${entry.suite}: ${String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
    )
  }
}
