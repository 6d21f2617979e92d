// The backend and its database for tests, started from the table of images.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Image } from '../../lab-server/src/cluster/kubelet/container-runtime.ts'
import { images } from '../images.ts'
import { eventually } from './eventually.ts'
import { type RunningImage, type RunOptions, runImage } from './run-image.ts'

const manifest = readFileSync(join(import.meta.dirname, '../../manifests/taskmaster/database.yaml'), 'utf8')

/** The init script of the manifest: what the ConfigMap mounts. */
export const initSql = (/init\.sql: \|\n((?: {4}.*\n|\n)+)/.exec(manifest)?.[1] ?? '').replaceAll(/^ {4}/gm, '')

/** The variables of the manifest's Secret. */
export const databaseEnv = { POSTGRES_USER: 'taskuser', POSTGRES_PASSWORD: 'taskpass123', POSTGRES_DB: 'taskmaster' }

/** The image whose name holds `part`. */
export function imageOf(part: string): Image {
  const image = images.find(({ names }) => names.some((name) => name.includes(part)))
  if (!image) throw new Error(`no image ${part}`)
  return image
}

/** Starts the database and waits until it takes connections. */
export async function startDatabase(options: RunOptions = {}): Promise<RunningImage> {
  const files = { '/docker-entrypoint-initdb.d/init.sql': initSql, ...options.files }
  const database = await runImage(imageOf('postgres'), { ...options, env: { ...databaseEnv, ...options.env }, files })
  await eventually(() => {
    if (!/(init process complete|Skipping initialization)[\s\S]*ready to accept connections/.test(database.output())) {
      throw new Error(`the database is not ready:\n${database.output()}`)
    }
  }, 30_000)
  return database
}

/** The backend's variables for a database on this machine. */
export function backendEnv(databasePort: number): Record<string, string> {
  return {
    DB_HOST: '127.0.0.1',
    DB_PORT: String(databasePort),
    DB_NAME: 'taskmaster',
    DB_USER: 'taskuser',
    DB_PASSWORD: 'taskpass123',
    WORKERS: '2',
    LOG_LEVEL: 'info',
    FLASK_ENV: 'production',
  }
}

export interface RunningBackend extends RunningImage {
  readonly url: string
}

/** Starts the backend on a free port and waits until it listens. */
export async function startBackend(env: Record<string, string>): Promise<RunningBackend> {
  // The container's port is its own on a pod's address; here it must be a free one of the machine.
  const port = 20_000 + Math.floor(Math.random() * 10_000)
  const argv = ['gunicorn', '--bind', `127.0.0.1:${port}`, 'app:app']
  const backend = await runImage(imageOf('backend'), { env, argv })
  await eventually(() => {
    if (!backend.output().includes('Listening at')) throw new Error(`the backend does not listen:\n${backend.output()}`)
  })
  return { ...backend, url: `http://127.0.0.1:${port}` }
}
