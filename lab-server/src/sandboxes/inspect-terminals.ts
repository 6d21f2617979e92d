// What `lab doctor` says of terminals in pods: whether the lab may run them, and whether their image is at hand.
import type { KubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { readStatus } from '../lab/kubernetes/kubernetes-error.ts'
import type { KubeObject } from '../lab/kubernetes/objects.ts'
import { terminalsNamespace } from '../terminal/pods/toolbox-objects.ts'
import type { ClusterFinding } from './inspect-cluster.ts'
import type { NamespaceSettings } from './namespace-settings.ts'

interface NodeImages extends KubeObject {
  status?: { images?: { names?: string[] }[] }
}

const needed = [
  { verb: 'create', resource: 'pods' },
  { verb: 'get', resource: 'pods', subresource: 'exec' },
  { verb: 'create', resource: 'pods', subresource: 'exec' },
  { verb: 'patch', resource: 'secrets' },
]

/** Looks at the rights and the image; never writes anything that stays. */
export async function terminals(api: KubernetesApi, settings: NamespaceSettings): Promise<ClusterFinding> {
  const subject = 'Terminal'
  if (settings.terminal === 'host') {
    return { subject, state: 'ok', detail: 'on this machine (LAB_TERMINAL=pod runs it in the cluster)' }
  }
  const allowed = await Promise.all(needed.map((right) => mayDo(api, right)))
  const lacking = needed.filter((_, index) => !allowed[index])
  if (lacking.length > 0) {
    const rights = lacking.map(({ verb, resource, subresource }) =>
      subresource ? `${verb} ${resource}/${subresource}` : `${verb} ${resource}`,
    )
    return {
      subject,
      state: 'missing',
      detail: `in pods, but these credentials may not ${rights.join(', ')} in ${terminalsNamespace}. Apply manifests/platform/terminals, or set LAB_TERMINAL=host`,
    }
  }
  const image = settings.toolboxImage
  const isPresent = (await api.list<NodeImages>('Node').catch(() => [])).some(({ status }) =>
    status?.images?.some(({ names }) => names?.some((name) => name === image)),
  )
  return isPresent
    ? { subject, state: 'ok', detail: `in pods of ${image}, which is on a node already` }
    : {
        subject,
        state: 'weak',
        detail: `in pods of ${image}, which will be pulled. Build it with npm run images, push or load it, and set LAB_TOOLBOX_IMAGE or LAB_IMAGE_REGISTRY if it is elsewhere`,
      }
}

async function mayDo(api: KubernetesApi, right: (typeof needed)[number]): Promise<boolean> {
  const { status, body } = await api.raw({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace: terminalsNamespace, ...right } },
    }),
  })
  if (status >= 400) throw readStatus(status, body)
  return (JSON.parse(body) as { status?: { allowed?: boolean } }).status?.allowed === true
}
