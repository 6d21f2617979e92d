// Builds root file systems from this machine's programs and the libraries that they are linked with.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const usualTools = ['sh', 'cat', 'ls', 'env', 'sleep', 'id', 'ps']

function findProgram(name: string): string {
  const found = ['/bin', '/usr/bin', '/usr/local/bin'].map((folder) => join(folder, name)).find(existsSync)
  if (!found) throw new Error(`${name} is not installed on this machine`)
  return found
}

/** A folder with a shell, a few tools and, unless told otherwise, Node. */
export function makeBase(root: string, { node = true } = {}): void {
  for (const folder of ['bin', 'etc', 'tmp', 'usr/local/bin', 'usr/bin', 'var/run', 'lib64'])
    mkdirSync(join(root, folder), { recursive: true })
  chmodSync(join(root, 'tmp'), 0o1777)
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/app:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n',
  )
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\nnogroup:x:65534:\n')
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  copyPrograms(root, usualTools, 'bin')
  if (node) {
    cpSync(process.execPath, join(root, 'usr/local/bin/node'))
    copyLibraries(root, [process.execPath])
  }
  // Loaded by name at run time, so that no program lists them.
  for (const name of ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2'])
    copyLibrary(root, `/lib/x86_64-linux-gnu/${name}`)
}

/** Copies programs by their names, with their libraries, into a folder under `root`. */
export function copyPrograms(root: string, names: readonly string[], folder = 'usr/bin'): void {
  for (const name of names) {
    const program = realpathSync(findProgram(name))
    cpSync(program, join(root, folder, name))
    copyLibraries(root, [program])
  }
}

/** Copies what programs are linked with. */
export function copyLibraries(root: string, programs: readonly string[]): void {
  for (const program of programs) {
    for (const path of linkedWith(program)) copyLibrary(root, path)
  }
}

function linkedWith(program: string): string[] {
  try {
    const listed = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return [...listed.matchAll(/(?:=> |\t)(\/lib\S+) \(/g)].map(([, path = '']) => path)
  } catch {
    // Linked with nothing, or a script.
    return []
  }
}

function copyLibrary(root: string, path: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true })
  cpSync(realpathSync(path), join(root, path))
}

/** Copies a folder of this machine to the same place, if it is there. */
export function copyFolder(root: string, path: string): void {
  if (existsSync(path)) cpSync(path, join(root, path), { recursive: true, dereference: true })
}

/** Writes a shell script that may be run. */
export function writeProgram(root: string, path: string, script: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}
