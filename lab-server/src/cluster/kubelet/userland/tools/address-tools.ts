// ip, ifconfig and route: the pod's own interface, as a bridge network gives one to a container.
import type { Task, Tool } from '../task.ts'
import { parseOptions } from './options.ts'

/** What the tools tell of eth0, from the pod's address. */
export function describeInterface(podIp: string) {
  const start = podIp.replace(/\d+$/, '')
  const bytes = podIp.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return {
    podIp,
    subnet: `${start}0`,
    gateway: `${start}1`,
    broadcast: `${start}255`,
    // As the bridge plugin makes them.
    hardware: `0a:58:${bytes.join(':')}`,
  }
}

const interfaceOf = (task: Task) => describeInterface(task.system.container.podIp)

const ip: Tool = async (task) => {
  const { podIp, subnet, gateway, broadcast, hardware } = interfaceOf(task)
  const kind = task.argv.slice(1).find((arg) => !arg.startsWith('-')) ?? ''
  if (/^r/.test(kind)) {
    await task.stdout.write(`default via ${gateway} dev eth0 \n${subnet}/24 dev eth0 scope link  src ${podIp} \n`)
    return 0
  }
  const inet = (address: string) =>
    /^l/.test(kind) ? '' : `    inet ${address}\n       valid_lft forever preferred_lft forever\n`
  await task.stdout.write(
    `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n${inet('127.0.0.1/8 scope host lo')}2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue \n    link/ether ${hardware} brd ff:ff:ff:ff:ff:ff\n${inet(`${podIp}/24 brd ${broadcast} scope global eth0`)}`,
  )
  return 0
}

const ifconfig: Tool = async (task) => {
  const { podIp, broadcast, hardware } = interfaceOf(task)
  const wanted = parseOptions(task.argv, 'a').operands[0]
  const blocks: Record<string, string> = {
    eth0: `eth0      Link encap:Ethernet  HWaddr ${hardware.toUpperCase()}  \n          inet addr:${podIp}  Bcast:${broadcast}  Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1450  Metric:1\n\n`,
    lo: 'lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n',
  }
  const text = wanted === undefined ? Object.values(blocks).join('') : blocks[wanted]
  if (text === undefined) {
    await task.stderr.write(`ifconfig: ${wanted}: error fetching interface information: Device not found\n`)
    return 1
  }
  await task.stdout.write(text)
  return 0
}

const route: Tool = async (task) => {
  const { subnet, gateway } = interfaceOf(task)
  const isNumeric = parseOptions(task.argv, 'ne').has.has('n')
  const row = (destination: string, via: string, mask: string, flags: string) =>
    `${destination.padEnd(15)} ${via.padEnd(15)} ${mask.padEnd(15)} ${flags.padEnd(5)} 0      0        0 eth0\n`
  await task.stdout.write(
    `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${row(isNumeric ? '0.0.0.0' : 'default', gateway, '0.0.0.0', 'UG')}${row(subnet, isNumeric ? '0.0.0.0' : '*', '255.255.255.0', 'U')}`,
  )
  return 0
}

export const addressTools: Record<string, Tool> = { ip, ifconfig, route }
