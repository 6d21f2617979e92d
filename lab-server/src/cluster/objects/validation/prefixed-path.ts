// Rules for names like `acme.io/foo`.
import type { FieldError } from '../kind-definition.ts'
import { invalid, invalidEach, required } from './errors.ts'
import { dnsSubdomainProblems } from './names.ts'

const pathPattern = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** A domain, a slash and more, as names of controllers are. */
export function domainPrefixedPathErrors(field: string, value: string): FieldError[] {
  if (value === '') return [required(field)]
  const [, host = '', path = ''] = /^([^/]*)\/(.*)$/.exec(value) ?? []
  if (!host || !path) return [invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const errors = invalidEach(field, host, dnsSubdomainProblems(host))
  if (new RegExp(`^${pathPattern}$`).test(path)) return errors
  return [...errors, invalid(field, path, `Invalid path (regex used for validation is '${pathPattern}')`)]
}
