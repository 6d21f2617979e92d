// The images that `npm run images` has built here, each as its manifest runs it: read-only, without capabilities.
// For whoever builds them: IMAGES_ENGINE=podman npm test images
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
const registry = process.env.IMAGE_REGISTRY || 'docker.io'
const imageOf = (name: string) => `${registry}/reddydodda/taskmaster-${name}`
const lab = imageOf(`lab:${version}`)
const toolbox = imageOf(`toolbox:${version}`)
const backend = imageOf('backend:1.0')
const frontend = imageOf('frontend:1.0')

const limitMs = 60_000
const ask = (command: string, args: string[]) => spawnSync(command, args, { encoding: 'utf8', timeout: limitMs })
const engine = process.env.IMAGES_ENGINE ?? ''
const reason = findReason()
if (reason) process.stderr.write(`Tests of images are skipped: ${reason}.\n`)

/** Why nothing can be tested here; undefined where it can. */
function findReason(): string | undefined {
  if (!engine) return 'IMAGES_ENGINE names no engine (docker, podman) that has them from npm run images'
  const inspected = ask(engine, ['image', 'inspect', lab, toolbox, backend, frontend])
  if (inspected.status !== 0) return inspected.error?.message ?? `${engine} has not all of them: run npm run images`
  const tried = ask(engine, ['run', '--rm', '--network=none', '--entrypoint=/bin/true', toolbox])
  return tried.status === 0 ? undefined : `${engine} runs no container here: ${tried.stderr.trim()}`
}

const confined = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges', '--network=none']

/** Runs a container to its end. */
function run(image: string, args: string[], { options = confined, entrypoint = '' } = {}) {
  const other = entrypoint ? ['--entrypoint', entrypoint] : []
  const { status, stdout, stderr } = ask(engine, ['run', '--rm', ...options, ...other, image, ...args])
  return { status, output: stdout + stderr }
}
const shell = (image: string, script: string) => run(image, ['-c', script], { entrypoint: '/bin/sh' })

describe.skipIf(reason !== undefined)('images', () => {
  it('the toolbox has what students repair with, as the user student', () => {
    const tools = ['base64', 'bash', 'curl', 'jq', 'kubectl', 'less', 'nano', 'ps', 'sed', 'tmux', 'vi']
    const script = `command -v ${tools.join(' ')} | wc -l; id -un`
    expect(run(toolbox, ['-c', script], { entrypoint: '/bin/bash' }).output).toBe(`${tools.length}\nstudent\n`)
  })

  it("the toolbox's shell completes kubectl and its short name", () => {
    const script = '. /etc/lab/shell.bashrc; complete -p k kubectl'
    const { output } = run(toolbox, ['-c', script], { entrypoint: '/bin/bash' })
    expect(output.match(/-F __start_kubectl/g)).toHaveLength(2)
  })

  it('the backend says which setting is missing, and has the tools of its guide', () => {
    const { status, output } = run(backend, [])
    expect(status).not.toBe(0)
    expect(output).toContain('DB_HOST')
    expect(shell(backend, 'pg_isready --version && psql --version && curl --version').status).toBe(0)
  })

  it('the frontend serves the page, with files that its workers may read', () => {
    const checks = 'nginx -t && ls -l /usr/share/nginx/html/index.html /etc/nginx/nginx.conf'
    const { output } = run(frontend, ['-c', checks], { entrypoint: '/bin/sh', options: ['--network=none'] })
    expect(output).toContain('test is successful')
    expect(output.match(/^-rw-r--r--/gm)).toHaveLength(2)
  })

  it('the lab loads all that it needs, with its scenarios and its pages', () => {
    expect(run(lab, ['scenarios']).output).toContain('tasks-do-not-load')
    const load = `import('/lab/lab-server/src/commands/serve.ts').then(() => console.log('loaded'))`
    expect(run(lab, ['node', '-e', load], { entrypoint: '/usr/bin/env' }).output).toContain('loaded')
    expect(shell(lab, 'test -s /lab/lab-ui/dist/index.html').status).toBe(0)
  })

  it.each([backend, lab])('%s has no npm, no development package and no test', (image) => {
    const unwanted =
      'ls -d /usr/local/bin/npm /app/node_modules/vite* /lab/node_modules/vite* /lab/node_modules/typescript'
    const tests = "find /app /lab -name '*.test.ts' -not -path '*/node_modules/*'"
    expect(shell(image, `{ ${unwanted}; ${tests}; } 2>/dev/null; id -u`).output).toBe('1000\n')
  })

  it('the lab ends when it is told to, even while it starts', () => {
    const begun = Date.now()
    const { stdout } = ask(engine, ['run', '--detach', ...confined, lab, 'scenarios'])
    ask(engine, ['stop', '--time', '30', stdout.trim()])
    expect(Date.now() - begun).toBeLessThan(20_000)
    ask(engine, ['rm', '--force', stdout.trim()])
  })
})
