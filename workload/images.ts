// The table of images that TaskMaster's containers are made from: what the embedded cluster's runtime starts
// where a real one would pull from a registry.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostCommand, Image, ProgramContext } from '../lab-server/src/cluster/kubelet/container-runtime.ts'
import { compileTier, makeRoot } from './compile.ts'
import { findPostgres, linkLibraries } from './database/binaries.ts'
import { type Launch, launchVariable, socketFolders } from './database/launch.ts'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const nodeFlags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1']

function backendProgram(context: ProgramContext): HostCommand {
  const main = join(compileTier('backend'), 'main.js')
  return { command: [process.execPath, ...nodeFlags, main, ...context.argv.slice(1)], env: context.env }
}

function frontendProgram(context: ProgramContext): HostCommand {
  const { argv, hostPath, isReadOnly } = context
  const cache = '/var/cache/nginx/client_temp'
  const launch = {
    argv,
    root: hostPath('/usr/share/nginx/html'),
    configuration: hostPath('/etc/nginx/nginx.conf'),
    cache: { host: hostPath(cache), isReadOnly: isReadOnly?.(cache) ?? false },
  }
  return {
    command: [process.execPath, ...nodeFlags, join(compileTier('frontend'), 'main.js')],
    env: { ...context.env, NGINX_LAUNCH: JSON.stringify(launch) },
  }
}

function databaseProgram(context: ProgramContext): HostCommand {
  const { argv, env, hostPath, hostPort, podIp } = context
  const native = findPostgres()
  if (!native) throw new Error(`PostgreSQL for ${process.platform}-${process.arch} is not installed: run npm install`)
  const libraries = join(makeRoot(), 'libraries')
  linkLibraries(native, libraries)
  const templates = join(makeRoot(), 'templates')
  if (!existsSync(templates)) {
    mkdirSync(templates)
    chmodSync(templates, 0o1777)
  }
  const data = env.PGDATA ?? '/var/lib/postgresql/data'
  const launch: Launch = {
    binaries: join(native, 'bin'),
    libraries: `${libraries}:${join(native, 'lib')}`,
    templates,
    argv: /(^|\/)docker-entrypoint\.sh$/.test(argv[0] ?? '') ? argv.slice(1) : argv,
    data: { container: data, host: hostPath(data), isReadOnly: context.isReadOnly?.(data) ?? false },
    initScripts: hostPath('/docker-entrypoint-initdb.d'),
    sockets: hostPath('/var/run/postgresql'),
    podIp,
    port: hostPort(5432),
  }
  return {
    command: [process.execPath, ...nodeFlags, join(compileTier('database'), 'entrypoint.js')],
    env: { ...context.env, [launchVariable]: JSON.stringify(launch) },
    names: [
      ...socketFolders(launch.sockets, context.socketsDir).map((folder): [string, string] => [
        folder,
        '/var/run/postgresql',
      ]),
      [native, '/usr/local'],
    ],
  }
}

/** Files of a folder of ours as the image shows them to a curious `ls` and `cat`. */
function filesOf(folder: string, target: string): Record<string, string> {
  const names = readdirSync(join(import.meta.dirname, folder), { withFileTypes: true })
  const files = names.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
  return Object.fromEntries(
    files.map(({ name }) => [`${target}/${name}`, readFileSync(join(import.meta.dirname, folder, name), 'utf8')]),
  )
}

const frontend: Image = {
  names: ['docker.io/reddydodda/taskmaster-frontend:1.0'],
  digest: 'sha256:2f1e6d0a4c6f9cf3a95db0b8e4c1d6a7f7f6a3d0b81e5a92c4d7e6f80913ab5c',
  sizeBytes: 21_480_192,
  entrypoint: ['/docker-entrypoint.sh'],
  cmd: ['nginx', '-g', 'daemon off;'],
  env: { PATH, NGINX_VERSION: '1.27.5' },
  workingDir: '/',
  user: 0,
  programs: { '/docker-entrypoint.sh': frontendProgram, '/usr/sbin/nginx': frontendProgram },
  files: {
    ...filesOf('frontend/html', '/usr/share/nginx/html'),
    '/etc/nginx/nginx.conf': readFileSync(join(import.meta.dirname, 'frontend/nginx.conf'), 'utf8'),
  },
  userland: 'alpine',
}

const backend: Image = {
  names: ['docker.io/reddydodda/taskmaster-backend:1.0'],
  digest: 'sha256:a6b44b4fcd4842e4f0c37cc56aa73aa3db1d51f69fc68021d2fa99572b8e0e90',
  sizeBytes: 58_720_256,
  entrypoint: [],
  cmd: ['gunicorn', '--bind', '0.0.0.0:5000', 'app:app'],
  env: { PATH },
  workingDir: '/app',
  user: 1000,
  programs: { '/usr/local/bin/gunicorn': backendProgram },
  toolsModule: join(import.meta.dirname, 'database/tools.ts'),
  files: filesOf('backend', '/app'),
  userland: 'curl',
}

const database: Image = {
  names: ['docker.io/library/postgres:15-alpine', 'docker.io/library/postgres:15'],
  digest: 'sha256:2545206023897c6ade44465da53e47e6d7ea19e19b6cc6408d7773956bcf2897',
  sizeBytes: 109_051_904,
  entrypoint: ['docker-entrypoint.sh'],
  cmd: ['postgres'],
  env: { PATH, LANG: 'en_US.utf8', PG_MAJOR: '15', PG_VERSION: '15.18', PGDATA: '/var/lib/postgresql/data' },
  workingDir: '/',
  user: 0,
  stopSignal: 'SIGINT',
  programs: { '/usr/local/bin/docker-entrypoint.sh': databaseProgram, '/usr/local/bin/postgres': databaseProgram },
  toolsModule: join(import.meta.dirname, 'database/tools.ts'),
  files: { '/docker-entrypoint-initdb.d/.keep': '', '/var/lib/postgresql/.keep': '' },
  userland: 'alpine',
}

/** Every image of the application. */
export const images: Image[] = [frontend, backend, database]
