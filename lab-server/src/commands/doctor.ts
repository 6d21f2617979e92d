// `lab doctor`: what this machine can do for the lab, and what to do about the rest.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findPostgres } from '@taskmaster-lab/workload/database/binaries.ts'
import { chooseNetwork } from '../cluster/network/choose-network.ts'
import { defaultDataDir, prepareDataDir } from '../config.ts'
import { inspectCluster } from '../sandboxes/inspect-cluster.ts'
import { readNamespaceSettings } from '../sandboxes/namespace-settings.ts'
import { findEditor } from '../terminal/home.ts'
import { findOnPath, getKubectl } from '../terminal/kubectl.ts'
import { findSandboxing } from '../terminal/sandboxing.ts'

interface Finding {
  subject: string
  state: 'ok' | 'weak' | 'missing'
  detail: string
}

const run = promisify(execFile)
const marks = { ok: '●', weak: '▲', missing: '✕' }

async function node(): Promise<Finding> {
  const ok = Number(process.versions.node.split('.')[0]) >= 24
  return {
    subject: 'Node',
    state: ok ? 'ok' : 'missing',
    detail: ok ? process.version : `${process.version}: 24 or newer is needed; npm brings it on Linux and macOS`,
  }
}

async function kubectl(dataDir: string): Promise<Finding> {
  try {
    const path = await getKubectl(dataDir)
    const { stdout } = await run(path, ['version', '--client', '-o', 'json'])
    return { subject: 'kubectl', state: 'ok', detail: `${JSON.parse(stdout).clientVersion.gitVersion} at ${path}` }
  } catch (error) {
    return { subject: 'kubectl', state: 'missing', detail: (error as Error).message }
  }
}

async function shell(): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-doctor-'))
  try {
    const { isolation, reason } = await findSandboxing(folder)
    if (isolation === 'isolated')
      return {
        subject: 'Terminal',
        state: 'ok',
        detail: 'isolated: private files, processes and network for each student',
      }
    return {
      subject: 'Terminal',
      state: 'weak',
      detail: `shared: one student only, on this machine only. ${reason ?? ''}`,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function editor(): Promise<Finding> {
  const found = findEditor()
  return {
    subject: 'Editor',
    state: found ? 'ok' : 'weak',
    detail: found ?? 'none for kubectl edit (Debian: apt-get install nano)',
  }
}

async function database(): Promise<Finding> {
  if (process.env.DATABASE_URL) return { subject: 'Database', state: 'ok', detail: 'DATABASE_URL is set' }
  const found = findPostgres()
  return {
    subject: 'Database',
    state: found ? 'ok' : 'missing',
    detail: found
      ? 'PostgreSQL 15 from npm'
      : 'npm has none for this machine: set DATABASE_URL, and expect no database in the workload',
  }
}

async function network(): Promise<Finding> {
  const subject = 'Network'
  const found = await chooseNetwork('auto')
  await found.stop()
  if (found.level === 'isolated') {
    return {
      subject,
      state: 'ok',
      detail: 'isolated level: a network namespace for each cluster, pods on 10.42.0.0/16, Services on 10.43.0.0/16',
    }
  }
  const server = createServer()
  const free = await new Promise<boolean>((resolve) =>
    server.once('error', () => resolve(false)).listen(0, '127.42.255.1', () => resolve(true)),
  )
  server.close()
  if (!free) {
    const detail = 'addresses of 127.0.0.0/8 cannot be bound (macOS: they have to be added as aliases of lo0)'
    return { subject, state: 'missing', detail }
  }
  return {
    subject,
    state: 'weak',
    detail: `portable level: pods on 127.42.0.0/16, Services on 127.43.0.0/16. No network namespaces: ${found.reason}`,
  }
}

async function data(): Promise<Finding> {
  try {
    return {
      subject: 'Data',
      state: 'ok',
      detail: prepareDataDir(process.env.LAB_DATA_DIR || defaultDataDir(process.env)),
    }
  } catch (error) {
    return { subject: 'Data', state: 'missing', detail: (error as Error).message }
  }
}

async function tools(): Promise<Finding> {
  const names = ['bash', 'curl', 'jq', 'less']
  const missing = (await Promise.all(names.map(async (name) => ((await findOnPath(name)) ? [] : [name])))).flat()
  return {
    subject: 'Tools',
    state: missing.length ? 'weak' : 'ok',
    detail: missing.length
      ? `the terminal is without ${missing.join(', ')} (Debian: apt-get install ${missing.join(' ')})`
      : names.join(', '),
  }
}

/** What a shell on this machine needs. */
const hostTerminal = async (dataDir: string): Promise<Finding[]> => [
  await kubectl(dataDir),
  await shell(),
  await editor(),
  await tools(),
]

/** Of the cluster that the lab would use, and of the terminals, which may run there. */
async function cluster(dataDir: string): Promise<Finding[]> {
  const { LAB_CLUSTER, KUBECONFIG, LAB_ALLOW_EXEC_PLUGIN } = process.env
  if (LAB_CLUSTER !== 'kubeconfig') return [...(await hostTerminal(dataDir)), await network()]
  try {
    const settings = readNamespaceSettings(process.env, dataDir)
    const findings = await inspectCluster(KUBECONFIG, settings, LAB_ALLOW_EXEC_PLUGIN === '1')
    return settings.terminal === 'pod' ? findings : [...(await hostTerminal(dataDir)), ...findings]
  } catch (error) {
    return [{ subject: 'Settings', state: 'missing', detail: (error as Error).message }]
  }
}

/** Prints the findings; the exit code is 1 when something that the lab cannot do without is missing. */
export async function doctor(args: string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(
      'Usage: npm run lab -- doctor\n\nSays what this machine can do, what is missing and how to get it.\n',
    )
    return
  }
  const dataFinding = await data()
  const dataDir = dataFinding.state === 'ok' ? dataFinding.detail : tmpdir()
  const findings = [await node(), dataFinding, await database(), ...(await cluster(dataDir))]
  for (const { subject, state, detail } of findings)
    process.stdout.write(`${marks[state]} ${subject.padEnd(10)} ${detail}\n`)
  if (findings.some((finding) => finding.state === 'missing')) process.exitCode = 1
}
