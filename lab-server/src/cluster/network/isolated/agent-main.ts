// The network agent: a process without a network of its own that makes network namespaces, and sockets inside them,
// for the process with the clusters. One serves all clusters of a process; it ends with it.
import type { SendHandle } from 'node:child_process'
import { closeSync } from 'node:fs'
import type { AgentAnswer, AgentRequest } from './agent-protocol.ts'
import { connectInside, listenInside } from './inside-sockets.ts'
import { createNamespace, leaveMachine } from './namespaces.ts'

const answer = (message: AgentAnswer, handle?: SendHandle) =>
  new Promise<void>((resolve) => {
    if (process.connected && process.send) process.send(message, handle, {}, () => resolve())
    else resolve()
  })

async function carryOut(id: number, request: AgentRequest): Promise<void> {
  switch (request.kind) {
    case 'create':
      return answer({ id, namespace: createNamespace(request.cidrs) })
    case 'remove':
      closeSync(request.namespace)
      return answer({ id })
    case 'connect':
      return answer({ id }, await connectInside(request))
    case 'listen': {
      const { socket, close } = await listenInside(request)
      await answer({ id }, socket)
      return close()
    }
  }
}

function failureOf(error: unknown): AgentAnswer['error'] {
  const { message, code } = error as NodeJS.ErrnoException
  return { message, ...(code === undefined ? {} : { code }) }
}

process.on('message', ({ id, ...request }: AgentRequest & { id: number }) => {
  carryOut(id, request).catch((error: unknown) => answer({ id, error: failureOf(error) }))
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the process with the clusters decides when this one ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

try {
  leaveMachine()
  await answer({ id: 0 })
} catch (error) {
  await answer({ id: 0, error: failureOf(error) })
  process.exit(1)
}
