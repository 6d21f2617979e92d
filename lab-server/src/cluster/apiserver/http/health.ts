// The health endpoints. The server answers only when its store is open, so that every check it can name has passed.

const checks = [
  'ping',
  'log',
  'etcd',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/start-apiextensions-controllers',
]
const readinessOnly = ['informer-sync', 'shutdown']

/** Text and status for `/healthz`, `/livez`, `/readyz` and a single check below them. */
export function healthAnswer(
  path: string,
  { isVerbose, excluded }: { isVerbose: boolean; excluded: string[] },
): { code: number; text: string } {
  const [, endpoint = '', ...rest] = path.split('/')
  const names = endpoint === 'readyz' ? [...checks, ...readinessOnly] : checks
  if (rest.length > 0)
    return names.includes(rest.join('/')) ? { code: 200, text: 'ok' } : { code: 404, text: '404 page not found\n' }
  if (!isVerbose) return { code: 200, text: 'ok' }
  const lines = names.map((name) => (excluded.includes(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`))
  return { code: 200, text: `${lines.join('\n')}\n${endpoint} check passed\n` }
}
