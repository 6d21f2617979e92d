import type { Clock } from '../../clock.ts'
import type { TokenRequest } from '../kubelet-context.ts'

type IssueToken = (request: TokenRequest) => Promise<string>

/** A token is renewed when this much of its life is over, as upstream does. */
const renewalShare = 0.8

/** Issues each of a pod's tokens once and again only when it grows old. */
export function makeTokenCache(clock: Clock, issueToken: IssueToken): IssueToken {
  const tokens = new Map<string, { token: string; renewMs: number }>()
  return async (request) => {
    const key = `${request.audience ?? ''} ${request.expirationSeconds}`
    const known = tokens.get(key)
    if (known && clock.now() < known.renewMs) return known.token
    const token = await issueToken(request)
    tokens.set(key, { token, renewMs: clock.now() + request.expirationSeconds * 1000 * renewalShare })
    return token
  }
}
