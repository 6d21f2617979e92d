// Kubernetes' additions for addresses: `ip('10.0.0.1')` and `cidr('10.0.0.0/8').containsIP('10.0.0.1')`.

import { BlockList, isIP, SocketAddress } from 'node:net'
import type { Environment } from '@marcbachmann/cel-js'

/** An address. */
class Ip {
  readonly text: string
  readonly family: 4 | 6
  constructor(text: string) {
    const family = isIP(text)
    if (family !== 4 && family !== 6) {
      throw new Error(
        `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
      )
    }
    this.text = text
    this.family = family
  }
}

/** A range of addresses. */
class Cidr {
  readonly ip: Ip
  readonly bits: number
  readonly text: string
  constructor(text: string) {
    const [address = '', bits = '', ...rest] = text.split('/')
    const family = isIP(address)
    if (family === 0 || rest.length > 0 || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) {
      throw new Error(
        `network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): invalid`,
      )
    }
    this.ip = new Ip(address)
    this.bits = Number(bits)
    this.text = text
  }
}

function nameOf({ family }: Ip): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6'
}

function isIn(address: Ip, ...ranges: string[]): boolean {
  return ranges.some((range) => contains(new Cidr(range), address))
}

function contains({ ip, bits }: Cidr, address: Ip): boolean {
  if (ip.family !== address.family) return false
  const list = new BlockList()
  list.addSubnet(ip.text, bits, nameOf(ip))
  return list.check(address.text, nameOf(address))
}

function canParse(make: () => unknown): boolean {
  try {
    make()
    return true
  } catch {
    return false
  }
}

/** Adds addresses and ranges of them. */
export function registerNetwork(environment: Environment): void {
  const canonical = (text: string) =>
    new SocketAddress({ address: text, family: isIP(text) === 4 ? 'ipv4' : 'ipv6' }).address
  environment
    .registerType('net.IP', Ip)
    .registerType('net.CIDR', Cidr)
    .registerOperator('net.IP == net.IP', (a: Ip, b: Ip) => canonical(a.text) === canonical(b.text))
    .registerOperator('net.CIDR == net.CIDR', (a: Cidr, b: Cidr) => a.text === b.text)
    .registerFunction('isIP(string): bool', (text: string) => isIP(text) !== 0)
    .registerFunction('ip(string): net.IP', (text: string) => new Ip(text))
    .registerFunction('string(net.IP): string', ({ text }: Ip) => text)
    .registerFunction('net.IP.family(): int', ({ family }: Ip) => BigInt(family))
    .registerFunction('net.IP.isCanonical(): bool', ({ text }: Ip) => canonical(text) === text)
    .registerFunction('net.IP.isUnspecified(): bool', ({ text }: Ip) => ['0.0.0.0', '::'].includes(canonical(text)))
    .registerFunction('net.IP.isLoopback(): bool', (address: Ip) => isIn(address, '127.0.0.0/8', '::1/128'))
    .registerFunction('net.IP.isLinkLocalMulticast(): bool', (address: Ip) =>
      isIn(address, '224.0.0.0/24', 'ff02::/16'),
    )
    .registerFunction('net.IP.isLinkLocalUnicast(): bool', (address: Ip) =>
      isIn(address, '169.254.0.0/16', 'fe80::/10'),
    )
    .registerFunction(
      'net.IP.isGlobalUnicast(): bool',
      (address: Ip) =>
        !isIn(
          address,
          '0.0.0.0/32',
          '127.0.0.0/8',
          '169.254.0.0/16',
          '224.0.0.0/4',
          '255.255.255.255/32',
          '::/128',
          '::1/128',
          'fe80::/10',
          'ff00::/8',
        ),
    )
    .registerFunction('isCIDR(string): bool', (text: string) => canParse(() => new Cidr(text)))
    .registerFunction('cidr(string): net.CIDR', (text: string) => new Cidr(text))
    .registerFunction('string(net.CIDR): string', ({ text }: Cidr) => text)
    .registerFunction('net.CIDR.containsIP(net.IP): bool', contains)
    .registerFunction('net.CIDR.containsIP(string): bool', (range: Cidr, text: string) => contains(range, new Ip(text)))
    .registerFunction('net.CIDR.containsCIDR(net.CIDR): bool', containsRange)
    .registerFunction('net.CIDR.containsCIDR(string): bool', (range: Cidr, text: string) =>
      containsRange(range, new Cidr(text)),
    )
    .registerFunction('net.CIDR.ip(): net.IP', ({ ip }: Cidr) => ip)
    .registerFunction('net.CIDR.prefixLength(): int', ({ bits }: Cidr) => BigInt(bits))
}

function containsRange(range: Cidr, inner: Cidr): boolean {
  return inner.bits >= range.bits && contains(range, inner.ip)
}
