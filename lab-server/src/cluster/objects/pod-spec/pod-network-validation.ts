// Rules for a pod's names and where it looks others up.
import type { FieldError } from '../kind-definition.ts'
import type { PodSpec } from '../types.ts'
import { invalid, invalidEach, required } from '../validation/errors.ts'
import { dnsSubdomainProblems, underscoreSubdomainProblems } from '../validation/names.ts'
import { address } from '../validation/numbers.ts'

const [mostServers, mostSearches, mostSearchText] = [3, 32, 2048]

/** Checks lines for a pod's `/etc/hosts`. */
export function hostAliasErrors(field: string, aliases: PodSpec['hostAliases']): FieldError[] {
  return (aliases ?? []).flatMap(({ ip = '', hostnames }, i) => [
    ...address(`${field}[${i}].ip`, ip),
    ...(hostnames ?? []).flatMap((name, j) =>
      invalidEach(`${field}[${i}].hostnames[${j}]`, name, dnsSubdomainProblems(name)),
    ),
  ])
}

/** Checks where a pod looks names up. */
export function dnsConfigErrors(field: string, { dnsPolicy, dnsConfig }: PodSpec): FieldError[] {
  const servers = dnsConfig?.nameservers ?? []
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    const rule = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
    if (servers.length === 0) return [required(`${field}.nameservers`, rule)]
  }
  const errors: FieldError[] = []
  if (servers.length > mostServers) {
    errors.push(invalid(`${field}.nameservers`, servers, `must not have more than ${mostServers} nameservers`))
  }
  errors.push(...servers.flatMap((server, i) => address(`${field}.nameservers[${i}]`, server)))
  errors.push(...searchErrors(`${field}.searches`, dnsConfig?.searches ?? []))
  for (const [i, { name }] of (dnsConfig?.options ?? []).entries()) {
    if (!name) errors.push(required(`${field}.options[${i}]`, 'must not be empty'))
  }
  return errors
}

function searchErrors(field: string, searches: string[]): FieldError[] {
  const errors: FieldError[] = []
  if (searches.length > mostSearches) {
    errors.push(invalid(field, searches, `must not have more than ${mostSearches} search paths`))
  }
  if (searches.join(' ').length > mostSearchText) {
    const rule = `must not have more than ${mostSearchText} characters (including spaces) in the search list`
    errors.push(invalid(field, searches, rule))
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue
    const name = search.replace(/\.$/, '')
    errors.push(...invalidEach(`${field}[${i}]`, name, underscoreSubdomainProblems(name)))
  }
  return errors
}
