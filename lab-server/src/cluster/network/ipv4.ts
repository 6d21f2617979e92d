// Addresses as numbers, to count with.

/** The number behind an IPv4 address; NaN when it is none. */
export function addressNumber(ip: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip)
  const parts = match?.slice(1).map(Number) ?? []
  return match && parts.every((part) => part <= 255) ? parts.reduce((sum, part) => sum * 256 + part, 0) : Number.NaN
}

/** The address with this number. */
export function addressOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join('.')
}

/** First address and size of a range such as `10.42.0.0/24`. */
export function parseCidr(cidr: string): { start: number; size: number } {
  const [base = '', bits = '32'] = cidr.split('/')
  return { start: addressNumber(base), size: 2 ** (32 - Number(bits)) }
}
