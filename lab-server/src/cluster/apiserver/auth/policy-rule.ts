// What one rule of a role allows. Pure: the same questions are asked by requests, reviews and escalation checks.

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
  verbs: string[]
  apiGroups?: string[]
  resources?: string[]
  resourceNames?: string[]
  nonResourceURLs?: string[]
}

/** What somebody wants to do. */
export interface AccessAttributes {
  verb: string
  /** A path that is no resource; the other fields are empty then. */
  path?: string
  group?: string
  version?: string
  resource?: string
  subresource?: string
  name?: string
  /** Absent for the cluster scope. */
  namespace?: string
}

/** True when the rule allows it. */
export function ruleAllows(rule: PolicyRule, attributes: AccessAttributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false
  if (attributes.path !== undefined)
    return (rule.nonResourceURLs ?? []).some((url) => urlCovers(url, attributes.path ?? ''))
  if (!has(rule.apiGroups ?? [], attributes.group ?? '')) return false
  if (!resourceCovers(rule.resources ?? [], attributes.resource ?? '', attributes.subresource)) return false
  const names = rule.resourceNames ?? []
  return names.length === 0 || names.includes(attributes.name ?? '')
}

function has(values: string[], value: string): boolean {
  return values.includes('*') || values.includes(value)
}

function resourceCovers(resources: string[], resource: string, subresource: string | undefined): boolean {
  const whole = subresource ? `${resource}/${subresource}` : resource
  if (has(resources, whole)) return true
  return subresource !== undefined && resources.includes(`*/${subresource}`)
}

function urlCovers(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1))
}

/** The parts of `wanted` that `held` does not allow, each as a rule for one verb on one thing. */
export function missingRules(held: PolicyRule[], wanted: PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDown).filter((rule) => !held.some((candidate) => covers(candidate, rule)))
}

function breakDown(rule: PolicyRule): PolicyRule[] {
  const single: PolicyRule[] = []
  for (const verb of rule.verbs) {
    for (const url of rule.nonResourceURLs ?? []) single.push({ verbs: [verb], nonResourceURLs: [url] })
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const names = rule.resourceNames?.length ? rule.resourceNames : [undefined]
        for (const name of names) {
          const resourceNames = name === undefined ? {} : { resourceNames: [name] }
          single.push({ verbs: [verb], apiGroups: [group], resources: [resource], ...resourceNames })
        }
      }
    }
  }
  return single
}

/** True when `owner` allows everything that the single rule does. */
function covers(owner: PolicyRule, single: PolicyRule): boolean {
  const all = (values: string[] = [], wanted: string[] = []) =>
    values.includes('*') || wanted.every((item) => values.includes(item))
  if (!all(owner.verbs, single.verbs)) return false
  const [url] = single.nonResourceURLs ?? []
  if (url !== undefined) return (owner.nonResourceURLs ?? []).some((pattern) => urlCovers(pattern, url))
  if (!all(owner.apiGroups, single.apiGroups)) return false
  const [resource = ''] = single.resources ?? []
  const slash = resource.indexOf('/')
  const isCovered =
    all(owner.resources, single.resources) ||
    (slash > 0 && (owner.resources ?? []).includes(`*/${resource.slice(slash + 1)}`))
  if (!isCovered) return false
  if (!owner.resourceNames?.length) return true
  return single.resourceNames !== undefined && all(owner.resourceNames, single.resourceNames)
}

/** Joins single rules that differ in the verb only, for messages. */
export function compactRules(rules: PolicyRule[]): PolicyRule[] {
  const joined = new Map<string, PolicyRule>()
  for (const { verbs, ...rest } of rules) {
    const key = JSON.stringify(rest)
    const known = joined.get(key)
    if (known) known.verbs = [...new Set([...known.verbs, ...verbs])]
    else joined.set(key, { verbs: [...verbs], ...rest })
  }
  return [...joined.values()]
}

/** Writes a rule as upstream's refusals do: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`. */
export function formatRule(rule: PolicyRule): string {
  const list = (values: string[]) => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`
  const parts: [string, string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.resourceNames],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['Verbs', rule.verbs],
  ]
  const shown = parts.filter(([, values]) => values?.length).map(([name, values]) => `${name}:${list(values ?? [])}`)
  return `{${shown.join(', ')}}`
}
