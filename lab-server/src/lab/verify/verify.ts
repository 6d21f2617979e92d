// The author's proof of many scenarios: some at a time, each in a sandbox of its own that it keeps by resets.
import { makeMemoryStore } from '../attempt-store.ts'
import { startLab } from '../attempts.ts'
import type { SandboxProvider } from '../sandbox.ts'
import type { Catalogue } from '../scenarios/scenario.ts'
import { fillText, variantValues } from '../scenarios/variants.ts'
import type { Bench } from './bench.ts'
import type { Evidence } from './evidence.ts'
import { proveVariant } from './prove-variant.ts'

export interface VerifyOptions {
  provider: SandboxProvider
  catalogue: Catalogue
  /** Which scenarios; all when empty. */
  ids?: readonly string[]
  /** Healthy sandboxes ahead of need. */
  warmPool?: number
  /** Seconds of the hold window in place of the scenarios' own, to be quicker. */
  holdSeconds?: number
  /** How much faster than life the provider's clusters run; 1 when not set. */
  speed?: number
  /** Only the steps whose name contains this text. */
  only?: string
  /** Only the first variant of each scenario. */
  firstVariant?: boolean
  /** Of that only doing nothing, the solution and the first wrong fix. */
  brief?: boolean
  /** Scenarios at a time: an attempt mostly waits. */
  parallel?: number
  onResult(result: VerifyResult): void
  onProblem?(error: unknown): void
}

/** One proved or disproved statement. */
export interface VerifyResult {
  scenarioId: string
  step: string
  /** The values of the variant; empty where there are none. */
  variant: string
  ok: boolean
  detail: string
  seconds: number
  /** Why the first try failed, where only the second one held. */
  firstTry?: string
  /** What the proof rests on. */
  evidence?: Evidence
  /** Seconds that each reset took, from the request to the healthy application. */
  resets?: number[]
}

/** A lab for proofs, which several calls may use one after the other. */
export interface Prover {
  /** Runs the proofs of these scenarios; true when all of them hold. */
  prove(catalogue: Catalogue, ids: readonly string[], only?: (step: string) => boolean): Promise<boolean>
  stop(): Promise<void>
}

/** Runs every proof, some at a time; true when all of them hold. */
export async function verify(options: VerifyOptions): Promise<boolean> {
  const { catalogue, only } = options
  const ids = options.ids?.length ? options.ids : [...catalogue.keys()]
  const unknown = ids.filter((id) => !catalogue.has(id))
  if (unknown.length > 0) throw new Error(`There is no scenario ${unknown.join(', ')}.`)
  const prover = await startProver(options)
  try {
    return await prover.prove(catalogue, ids, only === undefined ? undefined : (step) => step.includes(only))
  } finally {
    await prover.stop()
  }
}

/** Starts a lab that nobody else uses, with its healthy sandboxes ahead of need. */
export async function startProver(options: Omit<VerifyOptions, 'ids' | 'only'>): Promise<Prover> {
  // A scenario that is edited while the prover runs comes in with the next call.
  const catalogue = new Map(options.catalogue)
  const store = makeMemoryStore()
  const lab = await startLab({
    provider: options.provider,
    store,
    catalogue,
    warmPool: options.warmPool ?? 1,
    holdSeconds: options.holdSeconds,
    appUrlOf: (id) => `http://${id}.app.localhost/`,
    onProblem: options.onProblem ?? (() => {}),
  })
  const ending = new AbortController()
  const bench: Bench = {
    lab,
    ending: ending.signal,
    speed: options.speed ?? 1,
    localise: options.provider.localise,
    read: (text, { scenarioId, seed }) => fillText(text, variantValues(catalogue.get(scenarioId) ?? {}, seed)),
    holdSecondsOf: (id) => options.holdSeconds ?? catalogue.get(id)?.holdSeconds ?? 0,
    async recordOf(id) {
      const record = await store.find(id)
      if (!record) throw new Error(`There is no attempt ${id}.`)
      return record
    },
  }
  return {
    async prove(given, ids, isAsked = () => true) {
      let allOk = true
      const onResult = (result: VerifyResult) => {
        options.onResult(result)
        allOk &&= result.ok
      }
      // The longest first: at the end none of them keeps the machine waiting by itself.
      const minutesOf = (id: string) => given.get(id)?.minutes ?? 0
      const ordered = ids.toSorted((one, other) => minutesOf(other) - minutesOf(one))
      const tasks = ordered.flatMap((id) => {
        const scenario = given.get(id)
        if (!scenario) return []
        catalogue.set(id, scenario)
        const count = options.firstVariant || options.brief ? 1 : (scenario.variants?.length ?? 1)
        return Array.from(
          { length: count },
          (_, seed) => () =>
            proveVariant(bench, scenario, { seed, isBrief: options.brief ?? false, isAsked, onResult }),
        )
      })
      const work = async () => {
        for (let task = tasks.shift(); task !== undefined && !ending.signal.aborted; task = tasks.shift()) await task()
      }
      await Promise.all(Array.from({ length: options.parallel ?? 1 }, work))
      return allOk
    },
    async stop() {
      ending.abort(new Error('the proofs were ended'))
      await lab.stop()
    },
  }
}
