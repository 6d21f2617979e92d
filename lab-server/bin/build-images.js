// `npm run images`: builds every image with docker, podman or buildah, whichever works here. What may be given: see usage.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const registry = process.env.IMAGE_REGISTRY || 'docker.io'
const usage = `Usage: npm run images -- [--push] [--engine docker|podman|buildah] [NAME …] [-- OPTION …]

Builds the images, or those that are named, with the first of docker, podman and buildah that works here.

  --push         push what was built
  --engine NAME  build with this one
  -- OPTION …    for the engine's build: --no-cache, --volume …

IMAGE_REGISTRY takes the place of docker.io. SOURCE_DATE_EPOCH takes the place of the commit's time in the images.
`

/** Folder of the context, the Dockerfile in it, and the image's name. */
const images = {
  frontend: { context: 'workload/frontend', name: 'reddydodda/taskmaster-frontend:1.0' },
  backend: { context: '.', file: 'workload/backend/Dockerfile', name: 'reddydodda/taskmaster-backend:1.0' },
  database: { context: 'workload/database', name: 'library/postgres:15-alpine' },
  toolbox: {
    context: '.',
    file: 'lab-server/images/toolbox/Dockerfile',
    name: `reddydodda/taskmaster-toolbox:${version}`,
  },
  lab: { context: '.', file: 'lab-server/images/lab/Dockerfile', name: `reddydodda/taskmaster-lab:${version}` },
}

/** What git says of this checkout; empty where there is no git. */
const git = (...args) => (spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout ?? '').trim()

/**
 * The time of everything in the images, in seconds: the commit's, so that the same commit makes the same layers. Not 0:
 * nginx names a file's version by its time and size, and a browser would keep the page of an older image.
 */
function imageTime() {
  if (process.env.SOURCE_DATE_EPOCH) return process.env.SOURCE_DATE_EPOCH
  const isAsCommitted = git('status', '--porcelain', '--untracked-files=no') === ''
  return (isAsCommitted && git('log', '-1', '--format=%ct')) || String(Math.floor(Date.now() / 1000))
}
const time = imageTime()

/** How each engine builds and pushes, and what shows that it works. */
const engines = [
  { command: 'docker', probe: ['info'], build: ['build'], push: ['push'] },
  { command: 'podman', probe: ['info'], build: ['build', '--timestamp', time], push: ['push'] },
  // It alone keeps no layers for the next build unless told so.
  { command: 'buildah', probe: ['info'], build: ['build', '--layers', '--timestamp', time], push: ['push'] },
]
/** docker takes the time of an image from here, and `COPY --chmod` needs BuildKit. */
const env = { ...process.env, SOURCE_DATE_EPOCH: time, DOCKER_BUILDKIT: '1' }

const run = (command, args, options) => spawnSync(command, args, { cwd: root, env, ...options })

/** The first of the engines that works, or why none does. */
function findEngine(candidates) {
  const reasons = []
  for (const engine of candidates) {
    const { error, status, stderr } = run(engine.command, engine.probe, { encoding: 'utf8', timeout: 30_000 })
    if (status === 0) return { engine }
    const complaint = (stderr ?? '').trim().split('\n').at(-1) ?? ''
    reasons.push(`${engine.command}: ${error?.code === 'ENOENT' ? 'not installed' : complaint || 'does not answer'}`)
  }
  return { reasons }
}

/** Prints why nothing is built, and ends. */
function refuse(reason) {
  console.error(reason)
  process.exit(1)
}

/** What was asked for; ends with a reason where it cannot be. */
function readArguments() {
  try {
    const { values, tokens } = parseArgs({
      allowPositionals: true,
      tokens: true,
      options: { push: { type: 'boolean' }, engine: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
    const end = tokens.find(({ kind }) => kind === 'option-terminator')?.index ?? Number.POSITIVE_INFINITY
    const positionals = tokens.filter(({ kind }) => kind === 'positional')
    const names = positionals.filter(({ index }) => index < end).map(({ value }) => value)
    const buildOptions = positionals.filter(({ index }) => index > end).map(({ value }) => value)
    return { ...values, names, buildOptions }
  } catch (error) {
    return refuse(`${error.message}\n\n${usage}`)
  }
}

const { push, engine: wanted, help, names, buildOptions } = readArguments()
if (help) {
  console.log(usage)
  process.exit(0)
}
const unknown = names.find((name) => !Object.hasOwn(images, name))
if (unknown) refuse(`There is no image "${unknown}". Images: ${Object.keys(images).join(', ')}.`)
const candidates = engines.filter(({ command }) => wanted === undefined || command === wanted)
if (candidates.length === 0) refuse(`There is no engine "${wanted}": docker, podman and buildah are known.`)
const { engine, reasons } = findEngine(candidates)
if (!engine) {
  refuse(
    `No images were built: none of the engines works here.\n  ${reasons.join('\n  ')}\nInstall or start one of them and try again.`,
  )
}
for (const name of names.length > 0 ? names : Object.keys(images)) {
  const { context, file, name: tag } = images[name]
  const full = `${registry}/${tag}`
  console.log(`\n${engine.command}: ${full}`)
  const what = ['-f', file ?? join(context, 'Dockerfile'), '-t', full, context]
  const build = run(engine.command, [...engine.build, ...buildOptions, ...what], { stdio: 'inherit' })
  if (build.status !== 0) process.exit(build.status ?? 1)
  // The database is the official image as it is: nothing of ours to push but to a registry of one's own.
  if (!push || (name === 'database' && registry === 'docker.io')) continue
  const pushed = run(engine.command, [...engine.push, full], { stdio: 'inherit' })
  if (pushed.status !== 0) process.exit(pushed.status ?? 1)
}
