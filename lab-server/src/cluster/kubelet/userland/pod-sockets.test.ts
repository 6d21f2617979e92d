import { expect, test } from 'vitest'
import { podSockets, withoutTwins } from './pod-sockets.ts'

const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const line = (local: string, remote: string, state: string) =>
  `   0: ${local} ${remote} ${state} 00000000:00000005 00:00000000 00000000 65534        0 1 1 0 100 0 0 10 0`

// 10.42.0.5 and its loopback 127.44.0.5; 10.42.0.6 is another pod, 0.0.0.0 a server of the machine.
const table = [
  header,
  line('05002A0A:0050', '00000000:0000', '0A'),
  line('05002C7F:0050', '00000000:0000', '0A'),
  line('05002C7F:2328', '00000000:0000', '0A'),
  line('05002A0A:D431', '06002A0A:1538', '01'),
  line('06002A0A:1538', '00000000:0000', '0A'),
  line('00000000:0016', '00000000:0000', '0A'),
].join('\n')
const pod = { podIp: '10.42.0.5', networkEnv: { PODNET_LOOPBACK: '127.44.0.5' } }
const brief = (sockets: ReturnType<typeof podSockets>) =>
  sockets.map(({ local, remote, state }) => `${local.ip}:${local.port} ${remote.ip}:${remote.port} ${state}`)

test("a pod sees its own sockets, a server on all of its addresses as one, and nobody else's", () => {
  const sockets = podSockets('tcp', table, pod)
  expect(brief(withoutTwins(sockets))).toEqual([
    '0.0.0.0:80 0.0.0.0:0 LISTEN',
    '127.0.0.1:9000 0.0.0.0:0 LISTEN',
    '10.42.0.5:54321 10.42.0.6:5432 ESTABLISHED',
  ])
  expect(sockets[0]).toMatchObject({ receiveQueue: 5, sendQueue: 0 })
})

test('ports that the machine made the pod move have the numbers that the pod asked for', () => {
  const moved = [line('05002A0A:EE98', '00000000:0000', '0A'), line('05002A0A:F295', '00000000:0000', '0A')].join('\n')
  const networkEnv = { PODNET_PORTS: JSON.stringify({ firstFree: 1024, moved: { 8080: 62_101 } }) }
  expect(podSockets('tcp', moved, { ...pod, networkEnv }).map(({ local }) => local.port)).toEqual([80, 8080])
})
