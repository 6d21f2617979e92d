// The sockets of an attempt: its events as JSON, its terminal as bytes.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { Lab } from '../lab/lab.ts'
import { personOf } from '../plugins/auth.ts'

/** What the terminal route needs of the terminals. */
export interface AttachTerminals {
  attach(attemptId: string, socket: WebSocket): void
}

type ById = { Params: { id: string } }
const hidden = { schema: { hide: true } }
const largestBacklog = 4_000_000
const heartbeatMs = 25_000

/** Sockets; authorisation has happened before the handshake ends. */
export const socketRoutes: FastifyPluginAsync<{ lab: Lab; terminals?: AttachTerminals }> = async (
  app,
  { lab, terminals },
) => {
  // Refusals are HTTP answers, given before the handshake ends.
  const mayWatch = async (request: FastifyRequest<ById>) => {
    await lab.get(personOf(request), request.params.id)
  }
  const mayType = (request: FastifyRequest<ById>) => lab.openShell(personOf(request), request.params.id)

  app.get<ById>(
    '/attempts/:id/events',
    { ...hidden, websocket: true, preValidation: mayWatch },
    (socket: WebSocket, request) => {
      const send = (message: unknown) => {
        if (socket.readyState !== socket.OPEN) return
        // A browser that stopped reading is cut; it reconnects to the present state.
        if (socket.bufferedAmount > largestBacklog) return socket.terminate()
        socket.send(JSON.stringify(message))
      }
      keepAlive(socket)
      try {
        const stop = lab.subscribe(personOf(request), request.params.id, send)
        socket.on('close', stop)
      } catch {
        // Ended attempts have nothing to tell but their last state.
        void lab.get(personOf(request), request.params.id).then((attempt) => {
          send({ type: 'attempt', attempt })
          socket.close(1000, 'This attempt has ended.')
        })
      }
    },
  )

  app.get<ById>(
    '/attempts/:id/terminal',
    { ...hidden, websocket: true, preValidation: mayType },
    (socket: WebSocket, request) => {
      keepAlive(socket)
      if (terminals) terminals.attach(request.params.id, socket)
      else socket.close(4404, 'This lab has no terminals.')
    },
  )
}

/** Pings, so that a dead network is noticed; a socket that answers nothing is cut. */
function keepAlive(socket: WebSocket): void {
  let isAlive = true
  socket.on('pong', () => {
    isAlive = true
  })
  socket.on('error', () => socket.terminate())
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    socket.ping()
  }, heartbeatMs)
  socket.on('close', () => clearInterval(timer))
}
