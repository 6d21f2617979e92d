// The image's variables: POSTGRES_USER and its kin, each also as a file (`…_FILE`).
import { readFileSync } from 'node:fs'

export interface Settings {
  user: string
  password: string
  database: string
  hostAuthMethod: string
  initdbArguments: string[]
}

/** The database cannot be set up: `message` is the image's text, empty when it was said already. */
export class SetupError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

// Same text as docker-library's docker-entrypoint.sh.
const noPassword = `Error: Database is uninitialized and superuser password is not specified.
       You must specify POSTGRES_PASSWORD to a non-empty value for the
       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

       You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
       connections without a password. This is *not* recommended.

       See PostgreSQL documentation about "trust":
       https://www.postgresql.org/docs/current/auth-trust.html`

/** Reads the variables; an empty data folder needs a password, a filled one needs nothing. */
export function readSettings(env: Record<string, string | undefined>, isInitialised: boolean): Settings {
  const user = readVariable(env, 'POSTGRES_USER') || 'postgres'
  const settings = {
    user,
    password: readVariable(env, 'POSTGRES_PASSWORD') ?? '',
    database: readVariable(env, 'POSTGRES_DB') || user,
    hostAuthMethod: env.POSTGRES_HOST_AUTH_METHOD || 'scram-sha-256',
    initdbArguments: (readVariable(env, 'POSTGRES_INITDB_ARGS') ?? '').split(/\s+/).filter((arg) => arg !== ''),
  }
  if (!isInitialised && settings.password === '' && settings.hostAuthMethod !== 'trust') {
    throw new SetupError(noPassword, 1)
  }
  return settings
}

function readVariable(env: Record<string, string | undefined>, name: string): string | undefined {
  const file = env[`${name}_FILE`]
  if (file && env[name]) {
    throw new SetupError(`error: both ${name} and ${name}_FILE are set (but are exclusive)`, 1)
  }
  return file ? readFileSync(file, 'utf8').trimEnd() : env[name]
}
