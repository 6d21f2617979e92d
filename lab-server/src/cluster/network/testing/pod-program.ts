// What runs in the pods of the network's tests: a web server that tells who asked, and a client that does as told.
import { lookup } from 'node:dns/promises'
import { createServer, get } from 'node:http'
import { connect } from 'node:net'

type Order =
  | { id: number; kind: 'listen'; host?: string; port: number }
  | { id: number; kind: 'get'; url: string; host?: string }
  | { id: number; kind: 'connect'; host: string; port: number; timeoutMs: number }
  | { id: number; kind: 'lookup'; name: string }

const name = process.argv[2] ?? ''

function carryOut(order: Order): Promise<string> {
  switch (order.kind) {
    case 'listen':
      return new Promise((resolve, reject) => {
        const server = createServer((request, response) => {
          response.end(`${name} ${request.socket.remoteAddress} ${request.url}`)
        })
        server.once('error', reject)
        server.listen({ host: order.host, port: order.port }, () => resolve('listening'))
      })
    case 'get':
      return new Promise((resolve, reject) => {
        get(order.url, { agent: false, headers: order.host ? { host: order.host } : {} }, (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () => resolve(text))
        }).on('error', reject)
      })
    case 'connect':
      return new Promise((resolve, reject) => {
        const socket = connect(order.port, order.host, () => {
          resolve('connected')
          socket.destroy()
        })
        socket.on('error', reject)
        setTimeout(() => {
          resolve('silence')
          socket.destroy()
        }, order.timeoutMs)
      })
    case 'lookup':
      return lookup(order.name).then(({ address }) => address)
  }
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (value) => process.send?.({ id: order.id, value }),
    (error: NodeJS.ErrnoException) => process.send?.({ id: order.id, error: error.message, code: error.code }),
  )
})
