// The health endpoints. The server answers only when its store is open and everything that upstream starts in hooks is
// there, so that every check has passed; their names are upstream's, which people and probes look for.

const hooks = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`)
const last = [
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]
const live = ['ping', 'log', 'etcd', ...hooks, ...last]
const ready = ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...hooks, ...last, 'shutdown']

/** Text and status for `/healthz`, `/livez`, `/readyz` and a single check below them. */
export function healthAnswer(
  path: string,
  { isVerbose, excluded }: { isVerbose: boolean; excluded: string[] },
): { code: number; text: string } {
  const [, endpoint = '', ...rest] = path.split('/')
  const names = endpoint === 'readyz' ? ready : live
  if (rest.length > 0)
    return names.includes(rest.join('/')) ? { code: 200, text: 'ok' } : { code: 404, text: '404 page not found\n' }
  if (!isVerbose) return { code: 200, text: 'ok' }
  const lines = names.map((name) => (excluded.includes(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`))
  return { code: 200, text: `${lines.join('\n')}\n${endpoint} check passed\n` }
}
