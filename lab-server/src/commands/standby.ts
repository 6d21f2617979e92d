// Several labs with one database: one works, the others wait here and take over when it ends. While a lab waits it
// answers its probes and nothing else, so that a Deployment counts it as ready to take over.
import { createServer } from 'node:http'
import type { Config } from '../config.ts'
import { markActive } from '../sandboxes/active-label.ts'
import { readNamespaceSettings } from '../sandboxes/namespace-settings.ts'
import { type Leadership, takeLeadership } from '../store/leadership.ts'

/** Resolves when this lab is the one that works; at once, and without a term, where the database is its own. */
export async function awaitTurn(
  config: Config,
  { port, onLog, onLost }: { port: number; onLog(line: string): void; onLost(error: Error): void },
): Promise<Leadership | undefined> {
  if (!config.databaseUrl) return undefined
  const { instance } = readNamespaceSettings(process.env, config.dataDir)
  const name = process.env.LAB_INSTANCE ? instance : 'lab'
  await markActive(false)
  const probes = createServer((request, response) => {
    const isProbe = request.url === '/healthz' || request.url === '/readyz'
    response.writeHead(isProbe ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '5' })
    response.end(
      JSON.stringify(isProbe ? { status: 'standby' } : { code: 'standby', message: 'Another lab is at work.' }),
    )
  })
  await new Promise<void>((resolve, reject) => probes.once('error', reject).listen(port, config.host, resolve))
  // Nothing has been started yet that would have to be ended.
  const leave = () => process.exit(0)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave)
  const waiting = setTimeout(() => onLog('Another lab with this database is at work: waiting to take over.'), 2_000)
  try {
    const leadership = await takeLeadership({ databaseUrl: config.databaseUrl, name, onLost })
    await markActive(true)
    return leadership
  } finally {
    clearTimeout(waiting)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave)
    probes.closeAllConnections()
    await new Promise((resolve) => probes.close(resolve))
  }
}
