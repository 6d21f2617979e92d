// What `lab verify` was asked on its command line.
import { availableParallelism } from 'node:os'
import { ConfigError } from '../config.ts'
import { readNumber, readOptions } from './read-options.ts'

export const verifyHelp = `Usage: npm run lab -- verify [ID …] [OPTIONS]

Proves scenarios on embedded clusters: each breaks the application, doing nothing earns nothing, the solution and every
alternative repair it, every known wrong fix is refused by name, and a reset leads back from each of them. With
LAB_CLUSTER=kubeconfig and KUBECONFIG it proves the same in namespaces of that cluster, with the settings of serve.

  --hold SECONDS  hold window in place of the scenarios' own (2)
  --only TEXT     only the steps whose name contains this
  --brief         only doing nothing, the solution and the first wrong fix, of the first variant
  --parallel N    scenarios at a time (1 for each core, and one more; 1 on a cluster of others)
  --speed X       how much faster than life the embedded clusters run (3)
  --mutate        then switch off every check and invariant in turn: each must make a proof fail
  --compare FILE  print the verdicts beside those of FILE, which an earlier --json wrote, and fail where they differ
  --from FILE     mutate or compare what an earlier --json FILE kept, without running anything
  --watch         stay: prove again what changes in the files of the scenarios named
  --json FILE     write the results there, also those before Ctrl-C
`
const options = {
  hold: { type: 'string' },
  only: { type: 'string' },
  brief: { type: 'boolean' },
  compare: { type: 'string' },
  json: { type: 'string' },
  from: { type: 'string' },
  parallel: { type: 'string' },
  speed: { type: 'string' },
  mutate: { type: 'boolean' },
  watch: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export interface VerifyCommand {
  ids: string[]
  cluster: 'embedded' | 'kubeconfig'
  holdSeconds: number
  parallel: number
  speed: number
  only: string | undefined
  brief: boolean
  compare: string | undefined
  json: string | undefined
  from: string | undefined
  mutate: boolean
  watch: boolean
}

/** Reads the arguments; undefined when only help was asked for. */
export function parseVerify(args: string[]): VerifyCommand | undefined {
  const { values, positionals: ids } = readOptions(args, options, verifyHelp, true)
  if (values.help) return undefined
  const cluster = process.env.LAB_CLUSTER === 'kubeconfig' ? 'kubeconfig' : 'embedded'
  if (values.watch && ids.length === 0) throw new ConfigError('--watch needs the ID of the scenario that you write.')
  if (values.watch && values.mutate) throw new ConfigError('--mutate needs a whole proof: leave out --watch.')
  if ((values.only !== undefined || values.brief) && values.mutate) {
    throw new ConfigError('--mutate needs a whole proof: leave out --only and --brief.')
  }
  if (values.from !== undefined && !values.mutate && values.compare === undefined) {
    throw new ConfigError('--from FILE goes with --mutate or --compare.')
  }
  if (values.speed !== undefined && cluster === 'kubeconfig') {
    throw new ConfigError('--speed is for embedded clusters: the clock of another cluster is its own.')
  }
  return {
    ids,
    cluster,
    holdSeconds: readNumber('hold', values.hold ?? '2', { least: 1, most: 600 }),
    // Somebody's cluster may have room for one application at a time.
    parallel: readNumber('parallel', values.parallel ?? `${cluster === 'embedded' ? availableParallelism() + 1 : 1}`, {
      least: 1,
      most: 32,
      whole: true,
    }),
    speed: cluster === 'embedded' ? readNumber('speed', values.speed ?? '3', { least: 1, most: 20 }) : 1,
    only: values.only,
    brief: values.brief ?? false,
    compare: values.compare,
    json: values.json,
    from: values.from,
    mutate: values.mutate ?? false,
    watch: values.watch ?? false,
  }
}
