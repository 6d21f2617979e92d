// Network namespaces through the system's own calls, which Node does not have. A thread is in one namespace at a time
// and a socket stays in the one in which it was made, so this thread goes inside, makes it, and comes back.
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { getSystemErrorName } from 'node:util'
import koffi from 'koffi'
import { ownAddresses } from './netlink.ts'

const newNetwork = 0x4000_0000 // CLONE_NEWNET

const libc = koffi.load(null)
const unshare = libc.func('int unshare(int flags)')
const setns = libc.func('int setns(int namespace, int kind)')

function check(result: number, what: string): void {
  if (result !== 0) throw new Error(`${what}: ${getSystemErrorName(-koffi.errno())}`)
}

const openCurrent = () => openSync('/proc/self/ns/net', 'r')

/** Leaves the machine's network for an empty one, for good; namespaces are made from there. */
export function leaveMachine(): void {
  check(unshare(newNetwork), 'unshare')
  home = openCurrent()
}
let home = -1

/** Does something inside a namespace; it must not wait for anything. */
export function inside<T>(namespace: number, work: () => T): T {
  check(setns(namespace, newNetwork), 'setns')
  try {
    return work()
  } finally {
    check(setns(home, newNetwork), 'setns')
  }
}

/** Makes a namespace in which every address of the ranges is local; answers with a descriptor that keeps it. */
export function createNamespace(cidrs: string[]): number {
  check(unshare(newNetwork), 'unshare')
  const namespace = openCurrent()
  try {
    // A container's program is nobody's, and listens on port 80 all the same.
    writeFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', '0')
    ownAddresses(libc, cidrs)
    return namespace
  } catch (error) {
    closeSync(namespace)
    throw error
  } finally {
    check(setns(home, newNetwork), 'setns')
  }
}
