import { afterEach, expect, it } from 'vitest'
import type { LogOptions } from '../node-access.ts'
import { type StreamingServer, scriptedNode, startStreamingServer } from './testing/streaming-server.ts'

let server: StreamingServer | undefined
afterEach(() => server?.stop())

async function getLog(query: string, logs: (options: LogOptions) => AsyncIterable<string>): Promise<Response> {
  server = await startStreamingServer(scriptedNode({ logs: (_pod, _container, options) => logs(options) }))
  return fetch(`${server.url}/api/v1/namespaces/default/pods/p/log?${query}`)
}

async function* lines(): AsyncGenerator<string> {
  yield 'one\n'
  yield 'two\n'
}

it('answers plain text', async () => {
  const response = await getLog('', lines)
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain'])
  expect(await response.text()).toBe('one\ntwo\n')
})

it('hands the options to the node', async () => {
  let seen: LogOptions = {}
  const query =
    'tailLines=5&timestamps=true&limitBytes=100&sinceTime=2026-11-23T03:12:40Z&follow=false&previous=false&sinceSeconds='
  await (
    await getLog(query, (options) => {
      seen = options
      return lines()
    })
  ).text()
  const { signal, ...options } = seen
  expect(signal).toBeInstanceOf(AbortSignal)
  expect(options).toEqual({
    follow: false,
    previous: false,
    timestamps: true,
    tailLines: 5,
    limitBytes: 100,
    sinceTimeMs: Date.parse('2026-11-23T03:12:40Z'),
  })
})

it('answers a follower before the container says anything, and stops when the follower leaves', async () => {
  let left: () => void = () => {}
  const stopped = new Promise<void>((resolve) => {
    left = resolve
  })
  const response = await getLog('follow=true', async function* ({ signal }) {
    yield* []
    await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    left()
  })
  expect(response.status).toBe(200)
  await response.body?.cancel()
  await stopped
})

it.each([
  ['previous=true', 400, 'previous terminated container "c" in pod "p" not found'],
  ['container=nosuch', 400, 'container nosuch is not valid for pod p'],
  [
    'tailLines=-1',
    422,
    'PodLogOptions "" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  ],
])('answers ?%s with %i', async (query, code, message) => {
  const response = await getLog(query, lines)
  expect(response.status).toBe(code)
  expect(await response.json()).toMatchObject({ kind: 'Status', code, message })
})
