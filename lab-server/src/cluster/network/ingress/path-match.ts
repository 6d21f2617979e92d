// Which path of an Ingress a request means.
import { compilePattern, type LinearPattern } from '../../linear-pattern.ts'

export type PathType = 'Exact' | 'Prefix' | 'ImplementationSpecific'

export interface PathRule {
  path: string
  pathType: PathType
}

/**
 * Whether a rule covers a path: `Prefix` counts whole elements, so `/api` covers `/api/tasks` but not `/apis`;
 * `ImplementationSpecific` is nginx's plain prefix.
 */
export function coversPath({ path, pathType }: PathRule, requested: string): boolean {
  switch (pathType) {
    case 'Exact':
      return requested === path
    case 'ImplementationSpecific':
      return requested.startsWith(path)
    case 'Prefix': {
      const prefix = path.replace(/\/+$/, '')
      return requested === prefix || requested.startsWith(`${prefix}/`)
    }
  }
}

/** The rule that answers: an exact one, else the longest; undefined when none covers the path. */
export function choosePath<T extends PathRule>(rules: T[], requested: string): T | undefined {
  return rules.filter((rule) => coversPath(rule, requested)).toSorted(comparePaths)[0]
}

/**
 * The rule that answers on a host whose paths are regular expressions: as soon as one Ingress of the host rewrites,
 * ingress-nginx makes all its paths case-insensitive expressions, longest first.
 */
export function choosePattern<T extends PathRule>(rules: T[], requested: string): T | undefined {
  return rules.toSorted((a, b) => b.path.length - a.path.length).find(({ path }) => patternOf(path)?.test(requested))
}

/** The expression that a path stands for; undefined when it is not a valid one. */
export function patternOf(path: string): LinearPattern | undefined {
  return compilePattern(`^${path}`, { ignoreCase: true })
}

function comparePaths(a: PathRule, b: PathRule): number {
  const exact = Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact')
  return exact || b.path.length - a.path.length
}
