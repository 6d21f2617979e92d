// `npm run images`: builds every image with docker, podman or buildah, whichever works here. Names may be given:
// `npm run images -- toolbox lab`. IMAGE_REGISTRY takes the place of docker.io; `--push` pushes what was built.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const registry = process.env.IMAGE_REGISTRY || 'docker.io'
const usage = `Usage: npm run images -- [--push] [NAME …]

Builds the images with docker, podman or buildah. IMAGE_REGISTRY takes the place of docker.io.
`

/** Folder of the context, the Dockerfile in it, and the image's name. */
const images = {
  frontend: { context: 'workload/frontend', name: 'reddydodda/taskmaster-frontend:1.0' },
  backend: { context: 'workload/backend', name: 'reddydodda/taskmaster-backend:1.0' },
  database: { context: 'workload/database', name: 'library/postgres:15-alpine' },
  toolbox: {
    context: '.',
    file: 'lab-server/images/toolbox/Dockerfile',
    name: `reddydodda/taskmaster-toolbox:${version}`,
  },
  lab: { context: '.', file: 'lab-server/images/lab/Dockerfile', name: `reddydodda/taskmaster-lab:${version}` },
}

/** How each engine builds and pushes, and what shows that it works. The same files make the same layers, whenever. */
const engines = [
  { command: 'docker', probe: ['info'], build: ['build'], push: ['push'] },
  { command: 'podman', probe: ['info'], build: ['build', '--timestamp', '0'], push: ['push'] },
  // It alone keeps no layers for the next build unless told so.
  { command: 'buildah', probe: ['info'], build: ['build', '--layers', '--timestamp', '0'], push: ['push'] },
]
/** What docker takes for the time of an image. */
const env = { SOURCE_DATE_EPOCH: '0', ...process.env }

const run = (command, args, options) => spawnSync(command, args, { cwd: root, env, ...options })

/** The first engine that works, or why none does. */
function findEngine() {
  const reasons = []
  for (const engine of engines) {
    const { error, status, stderr } = run(engine.command, engine.probe, { encoding: 'utf8', timeout: 30_000 })
    if (status === 0) return { engine }
    const complaint = (stderr ?? '').trim().split('\n').at(-1) ?? ''
    reasons.push(`${engine.command}: ${error?.code === 'ENOENT' ? 'not installed' : complaint || 'does not answer'}`)
  }
  return { reasons }
}

const args = process.argv.slice(2)
const names = args.filter((arg) => !arg.startsWith('-'))
const unknown =
  names.find((name) => !Object.hasOwn(images, name)) ?? args.find((arg) => /^-/.test(arg) && arg !== '--push')
if (args.includes('--help') || unknown) {
  console.log(unknown ? `There is no image or option "${unknown}". Images: ${Object.keys(images).join(', ')}.` : usage)
  process.exit(unknown ? 1 : 0)
}
const { engine, reasons } = findEngine()
if (!engine) {
  console.error(
    `No images were built: none of the engines works here.\n  ${reasons.join('\n  ')}\nInstall or start one of them and try again.`,
  )
  process.exit(1)
}
for (const name of names.length > 0 ? names : Object.keys(images)) {
  const { context, file, name: tag } = images[name]
  const full = `${registry}/${tag}`
  console.log(`\n${engine.command}: ${full}`)
  const build = run(engine.command, [...engine.build, '-f', file ?? join(context, 'Dockerfile'), '-t', full, context], {
    stdio: 'inherit',
  })
  if (build.status !== 0) process.exit(build.status ?? 1)
  // The database is the official image as it is: nothing of ours to push but to a registry of one's own.
  if (!args.includes('--push') || (name === 'database' && registry === 'docker.io')) continue
  const push = run(engine.command, [...engine.push, full], { stdio: 'inherit' })
  if (push.status !== 0) process.exit(push.status ?? 1)
}
