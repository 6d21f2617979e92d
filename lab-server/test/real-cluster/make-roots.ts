// Root file systems of the application's three images, for a cluster without a registry: this machine's Node and C
// library, and the workload. `node make-roots.ts OUT` writes OUT/{backend,database,frontend}; any tool that makes images
// from folders does the rest (entrypoint: /entrypoint, for the backend none and gunicorn as command).
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { compileTier } from '../../../workload/compile.ts'
import { findPostgres, linkLibraries } from '../../../workload/database/binaries.ts'
import { copyLibraries, makeBase, writeProgram } from './root-folder.ts'

const [out] = process.argv.slice(2)
if (!out) throw new Error('usage: make-roots.ts OUT')
const workload = join(import.meta.dirname, '../../../workload')
function copyTier(root: string, tier: 'backend' | 'database' | 'frontend', target: string): void {
  cpSync(compileTier(tier), join(root, target), { recursive: true })
  writeFileSync(join(root, target, 'package.json'), '{"type":"module"}\n')
}

/** The driver and everything it needs, from where npm put it. */
function copyDriver(root: string, target: string): void {
  const modules = dirname(dirname(createRequire(join(workload, 'package.json')).resolve('pg/package.json')))
  const names = [
    'pg',
    'pg-connection-string',
    'pg-int8',
    'pg-pool',
    'pg-protocol',
    'pg-types',
    'pgpass',
    'split2',
    'xtend',
  ]
  const more = ['postgres-array', 'postgres-bytea', 'postgres-date', 'postgres-interval']
  for (const name of [...names, ...more]) {
    cpSync(join(modules, name), join(root, target, 'node_modules', name), { recursive: true, dereference: true })
  }
}

const node = 'exec /usr/local/bin/node --disable-warning=ExperimentalWarning'

const backend = join(out, 'backend')
makeBase(backend)
copyTier(backend, 'backend', 'app')
copyDriver(backend, 'app')
writeProgram(backend, 'usr/local/bin/gunicorn', `${node} /app/main.js "$@"`)

const frontend = join(out, 'frontend')
makeBase(frontend)
copyTier(frontend, 'frontend', 'app')
cpSync(join(workload, 'frontend/html'), join(frontend, 'usr/share/nginx/html'), { recursive: true })
mkdirSync(join(frontend, 'etc/nginx'), { recursive: true })
cpSync(join(workload, 'frontend/nginx.conf'), join(frontend, 'etc/nginx/nginx.conf'))
const nginx = {
  argv: ['nginx', '-g', 'daemon off;'],
  root: '/usr/share/nginx/html',
  configuration: '/etc/nginx/nginx.conf',
  cache: { host: '/var/cache/nginx/client_temp', isReadOnly: false },
}
writeProgram(frontend, 'entrypoint', `export NGINX_LAUNCH='${JSON.stringify(nginx)}'\n${node} /app/main.js`)

const database = join(out, 'database')
makeBase(database)
copyTier(database, 'database', 'app')
copyDriver(database, 'app')
const native = findPostgres()
if (!native) throw new Error('PostgreSQL of npm is not installed: run npm install')
mkdirSync(join(database, 'postgres'))
// Links are followed: they name places of this machine.
execFileSync('cp', ['-rL', native, join(database, 'postgres/native')])
linkLibraries(native, join(out, 'links'))
execFileSync('cp', ['-rL', join(out, 'links'), join(database, 'postgres/links')])
for (const name of ['postgres', 'initdb']) copyLibraries(database, [join(native, 'bin', name)])
for (const folder of ['docker-entrypoint-initdb.d', 'var/run/postgresql', 'var/lib/postgresql'])
  mkdirSync(join(database, folder), { recursive: true })
const data = '/var/lib/postgresql/data'
const postgres = {
  binaries: '/postgres/native/bin',
  libraries: '/postgres/links:/postgres/native/lib',
  argv: ['postgres'],
  data: { container: data, host: data, isReadOnly: false },
  initScripts: '/docker-entrypoint-initdb.d',
  sockets: '/var/run/postgresql',
  podIp: '0.0.0.0',
  port: 5432,
}
writeProgram(
  database,
  'entrypoint',
  `export PODNET_LOOPBACK=0.0.0.0 DATABASE_LAUNCH='${JSON.stringify(postgres)}'\n${node} /app/entrypoint.js`,
)
