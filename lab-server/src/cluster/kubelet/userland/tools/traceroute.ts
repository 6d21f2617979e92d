// traceroute, tracert and arp: the way to an address, and the neighbours on it.
import { isIPv4 } from 'node:net'
import { type Task, type Tool, ToolFailure, untilKilled } from '../task.ts'
import { describeInterface } from './address-tools.ts'
import { parseOptions } from './options.ts'
import { resolveHost } from './resolve-host.ts'
import { usageFailure } from './usage.ts'

const milliseconds = (hop: number) => `${(0.004 + hop * 0.006 + Math.random() * 0.01 * (hop + 1)).toFixed(3)} ms`

/** The name of an address as its pod's DNS knows it. */
async function nameOf(task: Task, address: string): Promise<string | undefined> {
  const name = `${address.split('.').toReversed().join('.')}.in-addr.arpa`
  const answer = await task.system.network.query(name, 'PTR').catch(() => undefined)
  return answer?.answers.flatMap((record) => (record.type === 'PTR' ? [record.target] : []))[0]
}

const traceroute: Tool = async (task) => {
  const { has, value, operands } = parseOptions(task.argv, '46Flnrvf:m:q:p:t:w:s:i:z:')
  const [host, bytes = '38'] = operands
  if (host === undefined) throw usageFailure(task.argv[0] ?? 'traceroute')
  const { network } = task.system
  const address = await resolveHost(task, 'traceroute', host)
  const most = Number(value.get('m') ?? 30)
  const probes = Number(value.get('q') ?? 3)
  const waitMs = Number(value.get('w') ?? 3) * 1000
  await task.stdout.write(`traceroute to ${host} (${address}), ${most} hops max, ${bytes} byte packets\n`)
  const { hops, answers } = await network.trace(address)
  const stations = [...hops, ...(answers ? [address] : [])]
  for (let hop = Number(value.get('f') ?? 1); hop <= most; hop += 1) {
    await task.stdout.write(`${String(hop).padStart(2)}  `)
    const station = stations[hop - 1]
    if (station === undefined) {
      for (let probe = 0; probe < probes; probe += 1) {
        await untilKilled(task.signal, task.system.sleep(waitMs))
        await task.stdout.write(probe < probes - 1 ? '*  ' : '*\n')
      }
      continue
    }
    const name = has.has('n') ? undefined : ((await nameOf(task, station)) ?? station)
    const times = Array.from({ length: probes }, () => milliseconds(hop)).join('  ')
    await task.stdout.write(`${name === undefined ? station : `${name} (${station})`}  ${times}\n`)
    if (station === address) return 0
  }
  return 0
}

/** The neighbours that a pod has spoken with: its gateway always. */
const arp: Tool = async (task) => {
  const { has, operands } = parseOptions(task.argv, 'anvH:i:A:p:ds')
  if (has.has('d') || has.has('s'))
    throw new ToolFailure(`arp: SIOC${has.has('d') ? 'D' : 'S'}ARP: Operation not permitted`)
  const { gateway } = describeInterface(task.system.container.podIp)
  const hardware = describeInterface(gateway).hardware
  const [host] = operands
  const [wanted] = host === undefined ? [gateway] : isIPv4(host) ? [host] : await task.system.network.resolve(host)
  if (wanted !== gateway) {
    await task.stdout.write(`No match found in 1 entries\n`)
    return 1
  }
  const name = has.has('n') ? undefined : await nameOf(task, gateway)
  await task.stdout.write(`${name ?? '?'} (${gateway}) at ${hardware} [ether]  on eth0\n`)
  return 0
}

export const wayTools: Record<string, Tool> = { traceroute, tracert: traceroute, arp }
