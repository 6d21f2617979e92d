// Runs before `npm start`, `npm test` and `npm run lab` with whatever Node the machine has: brings what is
// missing and says what it does. Plain JavaScript, because Node 24 may be what is missing.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const forTests = process.argv.includes('--tests')
const say = (text) => process.stderr.write(`${text}\n`)

function fail(message) {
  say(`\nThe lab could not be prepared: ${message}`)
  process.exit(1)
}

function run(title, command, args) {
  const started = Date.now()
  say(`› ${title} …`)
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
      npm_config_loglevel: 'error',
    },
    maxBuffer: 1 << 26,
  })
  if (result.status !== 0) {
    const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim().split('\n').slice(-30).join('\n')
    return { ok: false, output: output || String(result.error ?? '') }
  }
  say(`  done in ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return { ok: true, output: '' }
}

const digest = (...parts) => createHash('sha256').update(parts.join('\n')).digest('hex')

/** Every file below a folder with its size and time: a change of sources changes it. */
function fingerprint(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !['node_modules', 'dist'].includes(entry.name))
    .map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return fingerprint(path)
      const { size, mtimeMs } = statSync(path)
      return `${path} ${size} ${mtimeMs}`
    })
    .join('\n')
}

const readStamp = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

function installPackages() {
  const stampPath = join(root, 'node_modules', '.prepared')
  const stamp = digest(readFileSync(join(root, 'package-lock.json'), 'utf8'), process.platform, process.arch)
  if (readStamp(stampPath) === stamp) return
  // Not `npm ci`: it refuses a lock file without the packages of other platforms, which not every registry has.
  const result = run('Installing packages', 'npm', ['install', '--no-save', '--no-audit', '--no-fund'])
  if (!result.ok) fail(`npm install failed. Is the package registry reachable?\n${result.output}`)
  writeFileSync(stampPath, stamp)
}

function checkNode() {
  const binary = join(root, 'node_modules', '.bin', 'node')
  const node = existsSync(binary) ? binary : process.execPath
  const version = execFileSync(node, ['-v'], { encoding: 'utf8' }).trim()
  if (Number(version.slice(1).split('.')[0]) < 24) {
    fail(
      `Node 24 or newer is needed, and npm has no Node 24 package for ${process.platform}-${process.arch}. Install it, then try again.`,
    )
  }
}

function buildPages() {
  const folder = join(root, 'lab-ui')
  const stampPath = join(folder, 'dist', '.prepared')
  const stamp = digest(fingerprint(folder), fingerprint(join(root, 'lab-server', 'src', 'contract')))
  if (readStamp(stampPath) === stamp) return
  const result = run('Building the pages', 'npm', ['run', 'build', '-w', 'lab-ui'])
  if (!result.ok) fail(`the pages could not be built.\n${result.output}`)
  mkdirSync(dirname(stampPath), { recursive: true })
  writeFileSync(stampPath, stamp)
}

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

/** Programs of the machine that the lab is better with: what for, and Debian's package. */
const programs = [
  { any: ['bwrap'], package: 'bubblewrap', why: 'keeps a student\u2019s shell apart from this machine', on: 'linux' },
  { any: ['nano', 'vim', 'vi'], package: 'nano', why: 'the editor of kubectl edit' },
  { any: ['jq'], package: 'jq', why: 'reads JSON in the terminal' },
  { any: ['curl'], package: 'curl', why: 'asks the application from the terminal' },
  ...(forTests
    ? [
        {
          any: ['chromium', 'google-chrome', 'chromium-browser'],
          package: 'chromium',
          why: 'drives the pages in the browser tests',
        },
      ]
    : []),
]

function installPrograms() {
  const missing = programs.filter(
    (program) => (program.on ?? process.platform) === process.platform && !program.any.some(onPath),
  )
  if (missing.length === 0) return
  const names = missing.map((program) => program.package)
  const canInstall = process.getuid?.() === 0 && onPath('apt-get') && !process.env.LAB_NO_APT
  if (canInstall) {
    const update = run('Updating the list of Debian packages', 'apt-get', ['update'])
    const install = ['install', '-y', '--no-install-recommends', ...names]
    if (update.ok && run(`Installing ${names.join(', ')}`, 'apt-get', install).ok) return
  }
  for (const program of missing)
    say(`  without ${program.package}, which ${program.why} (Debian: apt-get install ${program.package})`)
}

/** Old and new kubectls for the tests that compare them; without them those tests are skipped, with the reason. */
function fetchKubectls() {
  if (process.platform !== 'linux' || !onPath('apt-get') || process.env.LAB_NO_APT) return
  const kept = join(root, 'node_modules', '.cache', 'kubectl')
  if (['bookworm', 'sid'].every((suite) => existsSync(join(kept, suite, 'root', 'usr', 'bin', 'kubectl')))) return
  const result = run('Fetching other versions of kubectl for the tests', 'node', [
    join('lab-server', 'bin', 'fetch-kubectls.js'),
  ])
  if (!result.ok) say(`  ${result.output}`)
}

installPackages()
checkNode()
installPrograms()
if (existsSync(join(root, 'lab-ui', 'index.html'))) buildPages()
if (forTests) fetchKubectls()
