// The annotations of ingress-nginx that this controller understands.
import type { Ingress } from '../../objects/types.ts'

export interface IngressOptions {
  rewriteTarget?: string
  usesPatterns: boolean
  /** Largest request body; 0 is any size. */
  bodyLimitBytes: number
  connectTimeoutMs: number
  readTimeoutMs: number
  forcesTls: boolean
  redirectsToTls: boolean
  upstreamHost?: string
  permanentRedirect?: string
}

const prefix = 'nginx.ingress.kubernetes.io/'
const megabyte = 1024 * 1024
const units: Record<string, number> = { '': 1, k: 1024, m: megabyte, g: 1024 * megabyte }

/** Reads the options of an Ingress; what is malformed counts as absent, as it does there. */
export function readOptions({ metadata }: Ingress): IngressOptions {
  const read = (name: string) => metadata.annotations?.[prefix + name] || undefined
  const rewriteTarget = read('rewrite-target')
  const upstreamHost = read('upstream-vhost')
  const permanentRedirect = read('permanent-redirect')
  return {
    ...(rewriteTarget ? { rewriteTarget } : {}),
    ...(upstreamHost ? { upstreamHost } : {}),
    ...(permanentRedirect ? { permanentRedirect } : {}),
    usesPatterns: rewriteTarget !== undefined || read('use-regex') === 'true',
    bodyLimitBytes: readSize(read('proxy-body-size')) ?? megabyte,
    connectTimeoutMs: readSeconds(read('proxy-connect-timeout')) ?? 5000,
    readTimeoutMs: readSeconds(read('proxy-read-timeout')) ?? 60_000,
    forcesTls: read('force-ssl-redirect') === 'true',
    redirectsToTls: read('ssl-redirect') !== 'false',
  }
}

function readSize(text: string | undefined): number | undefined {
  const match = /^(\d+)([kmg]?)$/i.exec(text ?? '')
  return match ? Number(match[1]) * (units[match[2]?.toLowerCase() ?? ''] ?? 1) : undefined
}

function readSeconds(text: string | undefined): number | undefined {
  const match = /^(\d+)s?$/.exec(text ?? '')
  return match && Number(match[1]) > 0 ? Number(match[1]) * 1000 : undefined
}
