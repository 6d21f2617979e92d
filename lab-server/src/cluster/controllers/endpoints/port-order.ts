// Upstream lists the ports of Endpoints by the MD5 sum of how Go's structure is printed. Nobody would choose that order,
// but everybody knows it: `dns-tcp`, `dns`, `metrics`.
import { createHash } from 'node:crypto'
import type { PodPort } from './service-pods.ts'

/** The ports in upstream's order. */
export function inHashOrder(ports: PodPort[]): PodPort[] {
  if (ports.length < 2) return ports
  return ports
    .map((port) => ({ port, hash: createHash('md5').update(goText(port)).digest('hex') }))
    .sort((left, right) => (left.hash < right.hash ? -1 : 1))
    .map(({ port }) => port)
}

function goText({ name = '', port, protocol, appProtocol }: PodPort): string {
  const application = `(*string)${appProtocol ?? '<nil>'}`
  return `(v1.EndpointPort){Name:(string)${name} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:${application}}`
}
