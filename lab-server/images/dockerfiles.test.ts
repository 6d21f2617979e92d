// What a build would find missing after minutes, found in milliseconds.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readNamespaceSettings } from '../src/sandboxes/namespace-settings.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const linesOf = (path: string) => read(path).split(/\r?\n/)
const patternsOf = (path: string) =>
  existsSync(join(root, path)) ? linesOf(path).filter((line) => line !== '' && !line.startsWith('#')) : []
const { version } = JSON.parse(read('package.json')) as { version: string }

/** Each Dockerfile with the folder that it is built from. */
const dockerfiles = [
  { file: 'workload/frontend/Dockerfile', context: 'workload/frontend' },
  { file: 'workload/backend/Dockerfile', context: '.' },
  { file: 'lab-server/images/toolbox/Dockerfile', context: '.' },
  { file: 'lab-server/images/lab/Dockerfile', context: '.' },
]

/** What a Dockerfile copies from its context. */
const copied = (file: string) =>
  linesOf(file)
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.replace('COPY ', '').split(' ').slice(0, -1))
    .filter((word) => !word.startsWith('--'))

const isIgnored = (path: string, patterns: string[]) =>
  patterns.some((pattern) => matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`))

it.each(dockerfiles)('$file copies only what is there and not ignored', ({ file, context }) => {
  const patterns = patternsOf(join(context, '.dockerignore'))
  const missing = copied(file).filter((source) => {
    const found = globSync(source, { cwd: join(root, context) })
    return found.length === 0 || found.every((path) => isIgnored(path, patterns))
  })
  expect(missing).toEqual([])
})

it('what git leaves out stays out of images', () => {
  const ignored = patternsOf('.dockerignore').map((pattern) => pattern.replace('**/', ''))
  const kept = patternsOf('.gitignore').filter((pattern) => !ignored.includes(pattern.replace(/^\/|\/$/g, '')))
  expect(kept).toEqual([])
})

it.each(dockerfiles.slice(1))('$file ends as a user who is not root', ({ file }) => {
  expect(linesOf(file).findLast((line) => line.startsWith('USER '))).toBe('USER 1000')
})

it('the images have the version of the lab wherever they are named', () => {
  const { images } = parse(read('manifests/platform/kustomization.yaml')) as { images: { newTag: string }[] }
  expect(images.map(({ newTag }) => newTag)).toEqual([version])
  expect(readNamespaceSettings({ LAB_INSTANCE: 'lab' }, '').toolboxImage).toMatch(new RegExp(`:${version}$`))
  expect(read('lab-server/images/lab/Dockerfile')).toContain(`taskmaster-lab:${version} `)
  expect(read('lab-server/images/toolbox/Dockerfile')).toContain(`taskmaster-toolbox:${version} `)
})

describe('the packages that the lab image leaves out', () => {
  const leftOut = [...read('lab-server/images/lab/Dockerfile').matchAll(/^ +dependencies\.(\S+)/gm)].map(([, n]) => n)
  const { dependencies } = JSON.parse(read('lab-server/package.json')) as { dependencies: Record<string, string> }

  it('are packages of the lab', () => {
    expect(leftOut.filter((name) => !Object.hasOwn(dependencies, name ?? ''))).toEqual([])
  })

  it('are not loaded by what runs in it', () => {
    const commands = ['serve', 'doctor', 'scenarios'].map((name) => join(root, `lab-server/src/commands/${name}.ts`))
    const loaded = packagesLoadedBy(commands)
    expect([...loaded.keys()].length).toBeGreaterThan(5)
    const available = Object.keys(dependencies).filter((name) => !leftOut.includes(name))
    const missing = [...loaded].filter(([name]) => !available.includes(name) && !name.startsWith('@taskmaster-lab/'))
    expect(missing).toEqual([])
  })
})

/** The packages that modules load as soon as they are loaded, each with a file that does. `import()` is not followed. */
function packagesLoadedBy(entries: string[]): Map<string, string> {
  const packages = new Map<string, string>()
  const seen = new Set<string>()
  const queue = [...entries]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const imports = readFileSync(path, 'utf8').matchAll(
      /^(?:import|export)\s(?!type\s)(?:[^'"`;]*?\sfrom\s)?'([^']+)'/gm,
    )
    for (const [, target = ''] of imports) {
      if (target.startsWith('.')) queue.push(join(dirname(path), target))
      else if (!target.startsWith('node:'))
        packages.set(target.split('/', target.startsWith('@') ? 2 : 1).join('/'), relative(root, path))
    }
  }
  return packages
}
