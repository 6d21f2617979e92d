// What every namespace has: the cluster's CA and a default ServiceAccount. Deleted ones come back.
import { isNamespaceTerminating } from '../pod-control.ts'
import { type ControllerContext, defineController, mapKind } from '../runtime.ts'

const caName = 'kube-root-ca.crt'
const caDescription =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Publishes the cluster's CA certificate in each namespace. */
export const rootCaPublisher = defineController({
  kind: 'Namespace',
  watches: [
    mapKind('ConfigMap', ({ object: { metadata } }) =>
      metadata.name === caName ? [{ name: metadata.namespace ?? '' }] : [],
    ),
  ],
  async reconcile(namespace, { client, options }) {
    const key = { namespace: namespace.metadata.name ?? '', name: caName }
    const data = { 'ca.crt': options.rootCa }
    const current = client.find('ConfigMap', key)
    if (!current) {
      const annotations = { 'kubernetes.io/description': caDescription }
      return ignoreTerminating(() =>
        client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...key, annotations }, data }),
      )
    }
    if (current.data?.['ca.crt'] !== options.rootCa || Object.keys(current.data).length !== 1) {
      await client.update({ ...current, data })
    }
    return undefined
  },
})

/** Gives each namespace its ServiceAccount `default`. */
export const serviceAccountController = defineController({
  kind: 'Namespace',
  watches: [
    mapKind('ServiceAccount', ({ object: { metadata } }) =>
      metadata.name === 'default' ? [{ name: metadata.namespace ?? '' }] : [],
    ),
  ],
  async reconcile(namespace, { client }: ControllerContext) {
    const key = { namespace: namespace.metadata.name ?? '', name: 'default' }
    if (client.find('ServiceAccount', key)) return undefined
    return ignoreTerminating(() => client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: key }))
  },
})

async function ignoreTerminating(create: () => Promise<unknown>): Promise<undefined> {
  try {
    await create()
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error
  }
}
