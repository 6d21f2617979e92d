// Tells the kernel, in its own protocol (rtnetlink), that loopback is up and which addresses it has: neither `ip` nor
// `ifconfig` need be installed.
import { closeSync } from 'node:fs'
import { getSystemErrorName } from 'node:util'
import koffi from 'koffi'
import { addressNumber } from '../ipv4.ts'

/** The parts of the C library that are needed here. */
type Library = ReturnType<typeof koffi.load>

const family = { inet: 2, netlink: 16 }
const socketRaw = 3
const closeOnExec = 0o2000000
const message = { newLink: 16, newAddress: 20 }
const flag = { request: 1, acknowledge: 4, create: 0x400 }
const interfaceUp = 1
const loopback = 1 // The first interface of every network namespace.
const attribute = { address: 1, local: 2 }

/** Brings loopback up and gives it the ranges: on loopback every address of a range is the machine's own. */
export function ownAddresses(libc: Library, cidrs: string[]): void {
  const socket = libc.func('int socket(int domain, int type, int protocol)')
  const send = libc.func('int64_t send(int socket, const void *buffer, size_t length, int flags)')
  const receive = libc.func('int64_t recv(int socket, _Out_ uint8_t *buffer, size_t length, int flags)')
  const descriptor = socket(family.netlink, socketRaw | closeOnExec, 0)
  if (descriptor < 0) throw failure(koffi.errno())
  const ask = (request: Buffer) => {
    const answer = Buffer.alloc(1024)
    const sent = Number(send(descriptor, request, request.length, 0))
    const received = sent < 0 ? sent : Number(receive(descriptor, answer, answer.length, 0))
    // The kernel acknowledges with an error message whose number is zero.
    const number = received < 0 ? koffi.errno() : -answer.readInt32LE(16)
    if (number !== 0) throw failure(number)
  }
  try {
    ask(bringUp())
    for (const cidr of cidrs) ask(addAddress(cidr))
  } finally {
    closeSync(descriptor)
  }
}

const failure = (number: number) => new Error(`netlink: ${getSystemErrorName(-number)}`)

function bringUp(): Buffer {
  const body = Buffer.alloc(16)
  body.writeInt32LE(loopback, 4)
  body.writeUInt32LE(interfaceUp, 8)
  body.writeUInt32LE(interfaceUp, 12)
  return wrap(message.newLink, flag.request | flag.acknowledge, body)
}

function addAddress(cidr: string): Buffer {
  const [ip = '', bits = '32'] = cidr.split('/')
  const header = Buffer.alloc(8)
  header.writeUInt8(family.inet, 0)
  header.writeUInt8(Number(bits), 1)
  header.writeUInt32LE(loopback, 4)
  const attributes = [attribute.local, attribute.address].map((kind) => {
    const one = Buffer.alloc(8)
    one.writeUInt16LE(one.length, 0)
    one.writeUInt16LE(kind, 2)
    one.writeUInt32BE(addressNumber(ip), 4)
    return one
  })
  const body = Buffer.concat([header, ...attributes])
  return wrap(message.newAddress, flag.request | flag.acknowledge | flag.create, body)
}

/** A request with the protocol's header; numbers are in the machine's order, which is little-endian where Node runs. */
function wrap(type: number, flags: number, body: Buffer): Buffer {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(header.length + body.length, 0)
  header.writeUInt16LE(type, 4)
  header.writeUInt16LE(flags, 6)
  return Buffer.concat([header, body])
}
