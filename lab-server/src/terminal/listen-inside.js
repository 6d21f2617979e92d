// Runs for a moment inside a sandbox's network namespace: binds, hands the listening sockets to the lab, ends.
// Plain JavaScript: every shell waits for it, and types take longer to strip than all it does.
import { createServer } from 'node:net'

let pending = process.argv.length - 2
process.argv.slice(2).forEach((address, index) => {
  const [host, port] = address.split(':')
  const server = createServer()
  server.listen(Number(port), host, () => {
    process.send?.(index, server, {}, () => {
      pending -= 1
      if (pending === 0) process.exit(0)
    })
  })
})
