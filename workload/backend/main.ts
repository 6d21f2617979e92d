// TaskMaster's backend: reads its configuration, serves until it is told to stop.
import { ConfigError, readConfig } from './config.ts'
import { makeDatabase } from './database.ts'
import { makeLog } from './log.ts'
import { makeServer } from './server.ts'

try {
  start()
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  makeLog('error', process.stderr).server('error', error.message)
  process.exitCode = error.exitCode
}

function start(): void {
  const config = readConfig(process.argv.slice(2), process.env)
  const log = makeLog(config.logLevel, process.stdout)
  if (config.development) log.write('warning', 'FLASK_ENV is development: answers carry internal details')
  const server = makeServer({ config, log, database: makeDatabase(config.database, config.workers, log) })
  const at = `${config.bindHost}:${config.bindPort}`

  server.on('error', (error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'Connection in use' : error.message
    log.server('error', `${reason}: ('${config.bindHost}', ${config.bindPort})`)
    process.exitCode = 1
  })
  server.listen({ host: config.bindHost, port: config.bindPort }, () => {
    log.server('info', `Listening at: http://${at} (1)`)
    log.server('info', `Using worker: sync (${config.workers})`)
  })

  const stop = (signal: string) => {
    log.server('info', `Handling signal: ${signal.slice(3).toLowerCase()}`)
    server.close(() => log.server('info', 'Shutting down: Master'))
    server.closeIdleConnections()
    // Requests in flight are bounded by the database's time limits.
    setTimeout(() => server.closeAllConnections(), 8000).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}
