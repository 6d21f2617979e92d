// The rules for names, labels and their values. Each returns upstream's sentences about what is wrong.

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'

/** What is wrong with a DNS label (RFC 1123): pod container names, namespaces. */
export function dnsLabelProblems(value: string): string[] {
  const problems = tooLong(value, 63)
  if (matches(label, value)) return problems
  if (matches(subdomain, value)) problems.push('must not contain dots')
  else {
    problems.push(
      says(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        label,
        'my-name',
        '123-abc',
      ),
    )
  }
  return problems
}

/** What is wrong with a DNS subdomain (RFC 1123): names of most objects. */
export const dnsSubdomainProblems = (value: string) => subdomainProblems(value, subdomain, "'-' or '.'")

/** What is wrong with a domain to look names up in, which may have underscores. */
export function underscoreSubdomainProblems(value: string): string[] {
  const part = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
  return subdomainProblems(value, `${part}(\\.${part})*`, "'_', '-' or '.'")
}

function subdomainProblems(value: string, pattern: string, others: string): string[] {
  const problems = tooLong(value, 253)
  if (!matches(pattern, value)) {
    const rule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, ${others}, and must start and end with an alphanumeric character`
    problems.push(says(rule, pattern, 'example.com'))
  }
  return problems
}

/** What is wrong with a DNS label that starts with a letter (RFC 1035): names of Services. */
export function dns1035LabelProblems(value: string): string[] {
  const pattern = '[a-z]([-a-z0-9]*[a-z0-9])?'
  const problems = tooLong(value, 63)
  if (!matches(pattern, value)) {
    problems.push(
      says(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        pattern,
        'my-name',
        'abc-123',
      ),
    )
  }
  return problems
}

/** What is wrong with the host of an Ingress rule that starts with `*.`. */
export function wildcardSubdomainProblems(value: string): string[] {
  const pattern = `\\*\\.${subdomain}`
  const problems = tooLong(value, 253)
  if (!matches(pattern, value)) {
    problems.push(
      says(
        "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
        pattern,
        '*.example.com',
      ),
    )
  }
  return problems
}

/** What is wrong with the key of a label or annotation: an optional DNS prefix, `/`, a name. */
export function labelKeyProblems(value: string): string[] {
  const parts = value.split('/')
  const name = parts.length === 1 ? value : (parts[1] ?? '')
  const problems: string[] = []
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix === '') problems.push('prefix part must be non-empty')
    else problems.push(...dnsSubdomainProblems(prefix).map((problem) => `prefix part ${problem}`))
  } else if (parts.length > 2) {
    const rule = says(
      "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      qualified,
      'MyName',
      'my.name',
      '123-abc',
    )
    return [`${rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (name.length > 63) problems.push('name part must be no more than 63 bytes')
  if (!matches(qualified, name)) {
    problems.push(
      says(
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        qualified,
        'MyName',
        'my.name',
        '123-abc',
      ),
    )
  }
  return problems
}

/** What is wrong with the value of a label. */
export function labelValueProblems(value: string): string[] {
  const pattern = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'
  const problems = tooLong(value, 63)
  if (!matches(pattern, value)) {
    problems.push(
      says(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        pattern,
        'MyValue',
        'my_value',
        '12345',
      ),
    )
  }
  return problems
}

/** What is wrong with a key of a ConfigMap or Secret. */
export function dataKeyProblems(value: string): string[] {
  const pattern = '[-._a-zA-Z0-9]+'
  const problems = tooLong(value, 253)
  if (!matches(pattern, value)) {
    problems.push(
      says(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        pattern,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  }
  if (value === '.') problems.push("must not be '.'")
  else if (value === '..') problems.push("must not be '..'")
  else if (value.startsWith('..')) problems.push("must not start with '..'")
  return problems
}

/** What is wrong with the name of an environment variable. */
export function envNameProblems(value: string): string[] {
  if (/^[ -<>-~]+$/.test(value)) return []
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** What is wrong with the name of a port of a container. */
export function portNameProblems(value: string): string[] {
  const problems: string[] = []
  if (value.length > 15) problems.push('must be no more than 15 bytes')
  if (!/^[-a-z0-9]+$/.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)')
  if (value.includes('--')) problems.push('must not contain consecutive hyphens')
  if (/^-|-$/.test(value)) problems.push('must not begin or end with a hyphen')
  return problems
}

/** What is wrong with a name that is one segment of a path: RBAC objects. */
export function pathSegmentProblems(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  const found = ['/', '%'].filter((character) => value.includes(character))
  return found.map((character) => `may not contain '${character}'`)
}

function tooLong(value: string, limit: number): string[] {
  return value.length > limit ? [`must be no more than ${limit} bytes`] : []
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(`^${pattern}$`).test(value)
}

function says(rule: string, pattern: string, ...examples: string[]): string {
  // Upstream puts two blanks after the comma before every example but the first.
  const shown = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${shown}regex used for validation is '${pattern}')`
}
