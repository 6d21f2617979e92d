// May this request be answered? Impersonation first, then access control.
import type { IncomingHttpHeaders } from 'node:http'
import { type ApiError, badRequest, forbidden, forbiddenPath } from '../errors.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { UserInfo } from '../request-context.ts'
import type { AccessAttributes } from './policy-rule.ts'
import type { Rbac } from './rbac.ts'

/** The user to act as; throws 403 unless that user may make the request. */
export function authorize(rbac: Rbac, headers: IncomingHttpHeaders, info: RequestInfo, user: UserInfo): UserInfo {
  const acting = impersonate(rbac, headers, user)
  requireAccess(rbac, acting, attributesOf(info))
  return acting
}

/** What a request does, as rules see it. */
export function attributesOf(info: RequestInfo): AccessAttributes {
  if (!info.isResource) return { verb: info.verb, path: info.path }
  const { verb, group, version, resource, subresource, name, namespace } = info
  // A list or watch of one object by field selector is allowed by a rule for that name.
  const selected = /^metadata\.name=([^,=!]+)$/.exec(info.query.get('fieldSelector') ?? '')?.[1]
  return { verb, group, version, resource, subresource, name: name ?? selected, namespace }
}

/** Throws 403 in upstream's words unless the user may do it. */
export function requireAccess(rbac: Rbac, user: UserInfo, attributes: AccessAttributes): void {
  const { allowed, errors } = rbac.decide(user, attributes)
  if (!allowed) throw refusal(user, attributes, errors)
}

function refusal(user: UserInfo, attributes: AccessAttributes, errors: string[]): ApiError {
  const { verb, path, group = '', resource = '', subresource, name = '', namespace } = attributes
  const rbacReason = errors.length === 0 ? '' : `: RBAC: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}`
  const who = `User ${JSON.stringify(user.username)}`
  if (path !== undefined)
    return forbiddenPath(`forbidden: ${who} cannot ${verb} path ${JSON.stringify(path)}${rbacReason}`)
  const what = subresource ? `${resource}/${subresource}` : resource
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'
  const why = `${who} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${rbacReason}`
  return forbidden({ group, plural: resource }, name, why)
}

/** Acts as somebody else when the headers ask for it and the user may. */
export function impersonate(rbac: Rbac, headers: IncomingHttpHeaders, user: UserInfo): UserInfo {
  const username = header(headers, 'impersonate-user')
  const groups = headerValues(headers, 'impersonate-group')
  const uid = header(headers, 'impersonate-uid')
  const extra = extraOf(headers)
  if (username === undefined) {
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return user
    throw badRequest(`requested ${JSON.stringify(groups)} without impersonating a user`)
  }
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username)
  const [, namespace, name] = account ?? []
  const request = (attributes: Omit<AccessAttributes, 'verb'>) =>
    requireAccess(rbac, user, { verb: 'impersonate', ...attributes })
  if (account) request({ group: '', resource: 'serviceaccounts', namespace, name })
  else request({ group: '', resource: 'users', name: username })
  for (const group of groups) request({ group: '', resource: 'groups', name: group })
  const authentication = 'authentication.k8s.io'
  if (uid !== undefined) request({ group: authentication, resource: 'uids', name: uid })
  for (const [key, values] of Object.entries(extra)) {
    for (const value of values)
      request({ group: authentication, resource: 'userextras', subresource: key, name: value })
  }
  const accountGroups =
    account && groups.length === 0 ? ['system:serviceaccounts', `system:serviceaccounts:${namespace}`] : []
  const known = username === 'system:anonymous' ? ['system:unauthenticated'] : ['system:authenticated']
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups: [...new Set([...groups, ...accountGroups, ...known])],
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value[0] : value) || undefined
}

/** Node joins repeated headers of its own choice with a comma and a space. */
function headerValues(headers: IncomingHttpHeaders, name: string): string[] {
  const value = headers[name]
  if (value === undefined) return []
  return (Array.isArray(value) ? value : value.split(', ')).filter((item) => item !== '')
}

function extraOf(headers: IncomingHttpHeaders): Record<string, string[]> {
  const prefix = 'impersonate-extra-'
  const extra: Record<string, string[]> = {}
  for (const name of Object.keys(headers)) {
    if (name.startsWith(prefix)) extra[decodeURIComponent(name.slice(prefix.length))] = headerValues(headers, name)
  }
  return extra
}
