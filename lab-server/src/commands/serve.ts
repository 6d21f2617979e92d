// `lab serve`: the whole lab. Starts its parts in the order in which they need each other and ends them the other way round.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { appUrlFor, buildApp } from '../app.ts'
import { describeNetwork } from '../cluster/network/choose-network.ts'
import { type Config, configHelp, readConfig } from '../config.ts'
import { startLab } from '../lab/attempts.ts'
import { describeProblem, loadScenarios } from '../lab/scenarios/load-scenarios.ts'
import { offeredScenarios } from '../lab/scenarios/offered-scenarios.ts'
import { isInCluster } from '../sandboxes/cluster-credentials.ts'
import { namespaceSettingsHelp } from '../sandboxes/namespace-settings.ts'
import { openSandboxes } from '../sandboxes/open-sandboxes.ts'
import type { HostedNetwork } from '../sandboxes/protocol.ts'
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts'
import { openStore } from '../store/store.ts'
import { openRecordings } from '../terminal/recordings.ts'
import { claimPort } from './claim-port.ts'
import { lockDataDir } from './data-lock.ts'
import { interrupted } from './interrupt.ts'
import { openTerminals } from './open-terminals.ts'
import { awaitTurn } from './standby.ts'

const help = `Usage: npm start -- [OPTIONS]      or: npm run lab -- serve [OPTIONS]

Starts the lab and prints the address to open. Ctrl-C ends it; attempts that were under way go on at the next start.

${configHelp}

${namespaceSettingsHelp}
`

const root = fileURLToPath(new URL('../../..', import.meta.url))

const appDomain = 'app.localhost'

/** Things to end, last started first. */
type Ending = { name: string; stop(): Promise<unknown> }

/** Runs the lab until interrupted. */
export async function serve(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(help)
    return
  }
  const interruption = interrupted()
  const config = readConfig(args, process.env)
  const endings: Ending[] = []
  try {
    await start(config, endings)
    await interruption
    process.stderr.write('\nEnding the lab …\n')
  } finally {
    for (const { name, stop } of endings.reverse()) {
      await stop().catch((error: Error) => process.stderr.write(`${name} did not end cleanly: ${error.message}\n`))
    }
  }
}

async function start(config: Config, endings: Ending[]): Promise<void> {
  const log = (line: string) => process.stderr.write(`${line}\n`)
  const lock = lockDataDir(config.dataDir)
  endings.push({ name: 'the lock', stop: async () => lock.release() })
  const port = await claimPort(config)
  const publicUrl = config.publicUrl.replace(/:0$/, `:${port}`)

  // What this lab does without the lock another one may be doing: the attempts are safe with that one.
  const onLost = (error: Error) => {
    log(`This lab stops at once: ${error.message}.`)
    process.exit(1)
  }
  const turn = await awaitTurn(config, { port, onLog: log, onLost })
  if (turn) endings.push({ name: 'the turn', stop: () => turn.stop() })

  const { catalogue, problems } = loadScenarios(config.scenarioDirs)
  for (const problem of problems) log(describeProblem(problem))
  const [postgres, sandboxes] = await Promise.all([
    config.databaseUrl ? undefined : startEmbeddedPostgres({ dataDir: config.dataDir, onLog: log }),
    openSandboxes({ ...config, beforeWrite: turn?.confirm }, log),
  ])
  if (postgres) endings.push({ name: 'the database', stop: () => postgres.stop() })
  const { offered, withheld } = offeredScenarios(catalogue, sandboxes)
  for (const line of withheld) log(line)
  endings.push({ name: 'the clusters', stop: () => sandboxes.stop() })
  // Kept without the switch too: what was recorded before stays readable.
  const recordings = openRecordings(join(config.dataDir, 'recordings'))
  const terminals = await openTerminals({
    dataDir: config.dataDir,
    cluster: sandboxes.terminalCluster,
    recordings: config.recordTerminals ? recordings : undefined,
    onLog: log,
  })
  endings.push({ name: 'the terminals', stop: () => terminals.stop() })
  const store = await openStore(config.databaseUrl ?? postgres?.url ?? '', turn?.term)
  endings.push({ name: 'the store', stop: () => store.close() })

  const lab = await startLab({
    provider: sandboxes,
    store: store.attempts,
    catalogue: offered,
    warmPool: sandboxes.warmPool,
    shells: terminals,
    appUrlOf: appUrlFor(publicUrl, appDomain),
    onProblem: (error, attemptId) =>
      log(`${attemptId ?? 'lab'}: ${error instanceof Error ? error.message : String(error)}`),
  })
  endings.push({ name: 'the attempts', stop: () => lab.stop() })
  const uiDir = join(root, 'lab-ui', 'dist')
  const app = await buildApp({
    lab,
    terminals,
    recordings,
    sessionStore: store.sessions,
    isReachable: () => store.isReachable(),
    config: {
      instructorToken: config.instructorToken,
      publicUrl,
      appDomain,
      ...(existsSync(uiDir) ? { uiDir } : {}),
      cluster: config.cluster,
      isolation: terminals.isolation,
    },
  })
  endings.push({ name: 'the web server', stop: () => app.close() })
  await app.listen({ host: config.host, port })
  process.stdout.write(
    welcome({
      publicUrl,
      token: config.instructorToken,
      scenarios: offered.size,
      isolation: terminals.isolation,
      network: sandboxes.network,
    }),
  )
}

function welcome(facts: {
  publicUrl: string
  token: string
  scenarios: number
  isolation: string
  network: HostedNetwork | undefined
}): string {
  const strength =
    facts.isolation === 'isolated' ? 'isolated' : 'shared (one student, this machine only: see npm run lab -- doctor)'
  const network = facts.network ? `, clusters' network ${describeNetwork(facts.network)}` : ''
  // The log of a pod has many readers: there the operator knows the token from the Secret.
  const key = isInCluster(process.env) ? '/ with the token of LAB_INSTRUCTOR_TOKEN' : `/#token=${facts.token}`
  return `
TaskMaster Lab is ready: ${facts.scenarios} scenarios, terminals ${strength}${network}.

  Open  ${facts.publicUrl}${key}

Ctrl-C ends it.
`
}
