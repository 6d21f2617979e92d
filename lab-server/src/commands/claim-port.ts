// Finds out early, before anything heavy is started, whether the lab's port can be had.
import { createServer } from 'node:net'
import { type Config, ConfigError } from '../config.ts'

/** The port to listen on: the configured one when it is free, or any free one for 0. */
export function claimPort({ host, port }: Pick<Config, 'host' | 'port'>): Promise<number> {
  const probe = createServer()
  return new Promise((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const what =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is in use on ${host}.`
          : `The lab cannot listen on ${host}:${port} (${error.code}).`
      reject(new ConfigError(`${what} Choose another with --port or LAB_PORT; 0 takes any free one.`))
    })
    probe.listen(port, host, () => {
      const address = probe.address()
      const found = typeof address === 'object' && address ? address.port : port
      probe.close(() => resolve(found))
    })
  })
}
