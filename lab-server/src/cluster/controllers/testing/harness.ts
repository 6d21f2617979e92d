// A cluster for controller tests: fake client, virtual clock, chosen controllers.
import { makeVirtualClock, type VirtualClock } from '../../virtual-clock.ts'
import type { ControllerOptions } from '../options.ts'
import type { Controller } from '../runtime.ts'
import { type FakeClient, makeFakeClient } from './fake-client.ts'

/** What a test holds. Unexpected errors of controllers fail the test when it stops. */
export interface Harness {
  client: FakeClient
  clock: VirtualClock
  stop(): Promise<void>
}

/** Starts the controllers over an empty cluster. */
export function startHarness(controllers: Controller[], options: Partial<ControllerOptions> = {}): Harness {
  const clock = makeVirtualClock()
  const client = makeFakeClient(clock)
  const errors: unknown[] = []
  const context = {
    client,
    clock,
    options: {
      kinds: () => [],
      rootCa: 'PEM',
      volumesDir: '/volumes',
      onError: (error: unknown, where: string) => errors.push(new Error(where, { cause: error })),
      ...options,
    },
  }
  const running = controllers.map((controller) => controller.start(context))
  return {
    client,
    clock,
    async stop() {
      await Promise.all(running.map((one) => one.stop()))
      if (errors.length > 0) throw errors[0]
    },
  }
}
