// A WebSocket that comes back: after a cut network, a slept laptop, a restarted server.

export interface ReconnectingSocket {
  /** Sends when connected; otherwise drops, because what was typed at a dead line should not arrive later. */
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(): void
}

export interface SocketListener {
  onOpen?(): void
  onMessage(data: string | ArrayBuffer): void
  /** The line is down; `again` is false when the server said not to come back (it has finished, or a code of 4000 or more). */
  onDown?(again: boolean, reason: string): void
}

const firstDelayMs = 250
const longestDelayMs = 5_000
/** The server's way to say that there is nothing more to come. */
const finished = 1000

/** Connects and stays connected until closed. */
export function openSocket(url: string, listener: SocketListener): ReconnectingSocket {
  let socket: WebSocket | undefined
  let delayMs = firstDelayMs
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const connect = () => {
    clearTimeout(timer)
    timer = undefined
    socket = new WebSocket(url)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      delayMs = firstDelayMs
      listener.onOpen?.()
    }
    socket.onmessage = (event) => listener.onMessage(event.data)
    socket.onclose = (event) => {
      if (closed) return
      const again = event.code < 4000 && event.code !== finished
      listener.onDown?.(again, event.reason)
      if (!again) return
      timer = setTimeout(connect, delayMs * (0.75 + Math.random() / 2))
      delayMs = Math.min(longestDelayMs, delayMs * 2)
    }
  }
  const wake = () => {
    if (document.visibilityState === 'visible' && timer !== undefined) connect()
  }
  document.addEventListener('visibilitychange', wake)
  window.addEventListener('online', wake)
  connect()

  return {
    send(data) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(data)
    },
    close() {
      closed = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', wake)
      window.removeEventListener('online', wake)
      socket?.close()
    },
  }
}
