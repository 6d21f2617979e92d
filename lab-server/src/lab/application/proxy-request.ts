// A request to an application through the API server's service proxy. What students and browsers send must not
// become a request to the API server itself: the path is cleaned, and only harmless headers pass.
import type { KubernetesApi, RawRequest } from '../kubernetes/kubernetes-api.ts'

/** What an application's request may carry. Credentials and impersonation of the API server are not among it. */
const passedHeaders = new Set([
  'accept',
  'accept-language',
  'content-type',
  'cookie',
  'if-none-match',
  'if-modified-since',
  'range',
  'user-agent',
])

const largestBytes = 10_000_000

/** The path below a service's proxy, or undefined for one that tries to leave it. */
export function proxyPath(
  target: { namespace: string; service: string; port: string },
  asked: string,
): string | undefined {
  const url = URL.canParse(asked, 'http://app') ? new URL(asked, 'http://app') : undefined
  if (url?.host !== 'app') return undefined
  let decoded: string
  try {
    decoded = decodeURIComponent(url.pathname)
  } catch {
    return undefined
  }
  if (decoded.split(/[/\\]/).some((part) => part === '..' || part === '.')) return undefined
  return `${proxyRoot(target)}${url.pathname}${url.search}`
}

/** `/api/v1/namespaces/x/services/backend-svc:5000/proxy` */
export function proxyRoot({ namespace, service, port }: { namespace: string; service: string; port: string }): string {
  const name = encodeURIComponent(service)
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${name}:${encodeURIComponent(port)}/proxy`
}

/** The headers that may go with it. */
export function proxyHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && passedHeaders.has(name.toLowerCase())) passed[name.toLowerCase()] = String(value)
  }
  return passed
}

/** What the API server says when the pod did not: in the words of an ingress controller, 502 or 504. */
export function proxyFailure(status: number, body: string): { status: 502 | 503 | 504; detail: string } | undefined {
  if (status < 500) return undefined
  const detail = statusMessage(body)
  if (detail === undefined) return undefined
  if (/no endpoints available/.test(detail)) return { status: 503, detail }
  return { status: /i\/o timeout|deadline exceeded|Client\.Timeout/.test(detail) ? 504 : 502, detail }
}

function statusMessage(body: string): string | undefined {
  // Older API servers answer in plain text.
  if (/^error trying to reach service:/i.test(body.trim())) return body.trim()
  try {
    const answer = JSON.parse(body)
    return answer?.kind === 'Status' && typeof answer.message === 'string' ? answer.message : undefined
  } catch {
    return undefined
  }
}

/** A page as the application wrote it: the API server puts its own path before links of HTML pages. */
export function withoutProxyRoot(text: string, root: string): string {
  return text.replaceAll(root, '')
}

/** Asks the application and answers as an ingress controller would. */
export async function requestThroughProxy(
  api: KubernetesApi,
  target: { namespace: string; service: string; port: string },
  input: Pick<RawRequest, 'method' | 'path' | 'body' | 'headers' | 'timeoutMs' | 'encoding'>,
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const path = proxyPath(target, input.path)
  if (path === undefined) return { status: 400, headers: {}, body: '' }
  const answer = await api.raw({ ...input, path, largestBytes })
  const failure = proxyFailure(answer.status, answer.body)
  if (failure) return { status: failure.status, headers: {}, body: failure.detail }
  const isPage = answer.headers['content-type']?.includes('text/html')
  return { ...answer, body: isPage ? withoutProxyRoot(answer.body, proxyRoot(target)) : answer.body }
}
