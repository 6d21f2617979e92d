// Fills an empty data folder with what initdb makes. The first container of a server runs initdb, a second of work; the
// next ones with the same user and options copy its result and are given their own password afterwards.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Launch } from './launch.ts'
import { type Settings, SetupError } from './settings.ts'

export interface DataFolderSetup {
  launch: Launch
  settings: Settings
  environment: Record<string, string | undefined>
}

/** Fills the folder; resolves with whether the superuser's password must still be set. Throws SetupError. */
export function fillDataFolder(setup: DataFolderSetup): { needsPassword: boolean } {
  const { data } = setup.launch
  const template = templateOf(setup)
  if (template && existsSync(template) && readdirSync(data.host).length === 0) {
    cpSync(join(template, 'data'), data.host, { recursive: true, mode: constants.COPYFILE_FICLONE })
    process.stdout.write(readFileSync(join(template, 'output'), 'utf8'))
    return { needsPassword: true }
  }
  const output = runInitdb(setup)
  if (template) keepTemplate(template, data.host, output)
  return { needsPassword: false }
}

function templateOf({ launch, settings }: DataFolderSetup): string | undefined {
  if (launch.templates === undefined) return undefined
  const { user, password, initdbArguments } = settings
  const key = JSON.stringify([user, password === '', initdbArguments, launch.data.container])
  return join(launch.templates, createHash('sha256').update(key).digest('hex').slice(0, 16))
}

/** Best effort: without a template the next container runs initdb again. */
function keepTemplate(template: string, data: string, output: string): void {
  const draft = `${template}-${process.pid}`
  try {
    mkdirSync(draft, { mode: 0o700 })
    cpSync(data, join(draft, 'data'), { recursive: true, mode: constants.COPYFILE_FICLONE })
    writeFileSync(join(draft, 'output'), output)
    renameSync(draft, template)
  } catch {
    rmSync(draft, { recursive: true, force: true })
  }
}

function runInitdb({ launch, settings, environment }: DataFolderSetup): string {
  const folder = mkdtempSync(join(tmpdir(), 'initdb-'))
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, `${settings.password}\n`, { mode: 0o600 })
  const args = ['-D', launch.data.host, `--username=${settings.user}`, '--encoding=UTF8', '--locale=C', '--no-sync']
  // Trust is for the socket only: on loopback addresses every pod of the machine looks local.
  args.push('--auth-local=trust', '--wal-segsize=1')
  if (settings.password === '') args.push('--auth-host=trust')
  else args.push('--auth-host=scram-sha-256', `--pwfile=${passwordFile}`)
  args.push(...settings.initdbArguments)
  const result = spawnSync(join(launch.binaries, 'initdb'), args, { env: environment, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  const asInContainer = (text: string | null) =>
    (text ?? '')
      .replaceAll(launch.data.host, launch.data.container)
      .replaceAll(`'${launch.binaries}/pg_ctl'`, 'pg_ctl')
      .replaceAll(`"${userInfo().username}"`, '"postgres"')
  process.stdout.write(asInContainer(result.stdout))
  process.stderr.write(asInContainer(result.stderr))
  if (result.error) throw new SetupError(`initdb: error: ${result.error.message}`, 1)
  if (result.status !== 0) throw new SetupError('', result.status ?? 1)
  return asInContainer(result.stdout)
}
