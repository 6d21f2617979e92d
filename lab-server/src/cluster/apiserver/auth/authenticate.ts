// Who is asking: from a client certificate of the cluster's authority, or from a bearer token.
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { unauthorized } from '../errors.ts'
import type { UserInfo } from '../request-context.ts'

/** Knows the holder of a token, or undefined when it does not. */
export type TokenReader = (token: string) => UserInfo | undefined

/** Somebody without credentials. */
export const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] }

/** Identifies the caller; throws 401 for credentials that are not valid. */
export function authenticate(request: IncomingMessage, readToken: TokenReader): UserInfo {
  const fromCertificate = certificateUser(request.socket as TLSSocket)
  if (fromCertificate) return fromCertificate
  const token = bearerToken(request)
  if (token === undefined) return anonymous
  const user = readToken(token)
  if (user === undefined) throw unauthorized()
  return { ...user, groups: withAuthenticated(user.groups) }
}

// A connection keeps its certificate, and reading one takes longer than many an answer.
const usersOfSockets = new WeakMap<TLSSocket, UserInfo>()

function certificateUser(socket: TLSSocket): UserInfo | undefined {
  if (!socket.authorized) return undefined
  const known = usersOfSockets.get(socket)
  if (known) return known
  const user = readCertificate(socket)
  if (user) usersOfSockets.set(socket, user)
  return user
}

function readCertificate(socket: TLSSocket): UserInfo | undefined {
  const certificate = socket.getPeerCertificate()
  const { CN, O } = (certificate.subject ?? {}) as { CN?: string; O?: string | string[] }
  if (!CN) return undefined
  const groups = O === undefined ? [] : Array.isArray(O) ? O : [O]
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
  const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] }
  return { username: CN, groups: withAuthenticated(groups), extra }
}

function withAuthenticated(groups: string[]): string[] {
  return groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated']
}

function bearerToken(request: IncomingMessage): string | undefined {
  const header = request.headers.authorization
  if (header !== undefined) {
    const [scheme, token] = header.trim().split(/\s+/)
    return scheme?.toLowerCase() === 'bearer' && token ? token : undefined
  }
  // Browsers cannot set headers on a WebSocket: the token comes as a subprotocol.
  const protocols = String(request.headers['sec-websocket-protocol'] ?? '').split(',')
  const prefix = 'base64url.bearer.authorization.k8s.io.'
  const protocol = protocols.map((text) => text.trim()).find((text) => text.startsWith(prefix))
  return protocol && Buffer.from(protocol.slice(prefix.length), 'base64url').toString('utf8')
}
