// Sandboxes that are namespaces of a cluster which others use too.
import { type KubernetesApi, makeKubernetesApi } from '../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError, readStatus } from '../lab/kubernetes/kubernetes-error.ts'
import type { KubeObject } from '../lab/kubernetes/objects.ts'
import type { Sandbox, SandboxProvider } from '../lab/sandbox.ts'
import { revokeSharedAccess } from '../lab/student-access.ts'
import { apiServerAddresses } from './api-server-addresses.ts'
import { openCredentials } from './cluster-credentials.ts'
import { hostIn, localiseObject, localiseText } from './localise.ts'
import { endNamespace, namespaceGone } from './namespace-end.ts'
import { instanceLabel, type NamespacePlace, planGuardRails, planNamespace, sandboxLabel } from './namespace-objects.ts'
import type { NamespaceSettings } from './namespace-settings.ts'
import { endOrphanAccounts } from './orphan-accounts.ts'
import { awaitOwnRole, planOwnRole } from './own-role.ts'

export interface NamespaceSandboxes extends SandboxProvider {
  /** The lab's own client of the cluster. */
  readonly api: KubernetesApi
  /** Lets go of the cluster; its namespaces stay. */
  stop(): Promise<void>
}

export interface NamespaceSandboxOptions {
  /** Path of the kubeconfig; without it the account of the pod that the lab runs in. */
  kubeconfig: string | undefined
  settings: NamespaceSettings
  /** Whether the kubeconfig may run a plugin and name files. */
  allowExec?: boolean
  /** Awaited before each change of the cluster; rejects when another lab has taken over. */
  beforeWrite?: (() => Promise<void>) | undefined
  onLog(line: string): void
}

/** Opens the cluster; rejects with what is wrong with the kubeconfig or when the cluster does not answer. */
export async function startNamespaceSandboxes(options: NamespaceSandboxOptions): Promise<NamespaceSandboxes> {
  const { settings, onLog } = options
  const onProblem = (error: unknown) => onLog(error instanceof Error ? error.message : String(error))
  const allowExec = options.allowExec ?? process.env.LAB_ALLOW_EXEC_PLUGIN === '1'
  const credentials = await openCredentials({ kubeconfig: options.kubeconfig, allowExec, onProblem })
  const { access } = credentials
  const api = makeKubernetesApi(access, options)
  await endOrphanAccounts(api)
  const apiServers = settings.ingressUrl ? [] : await apiServerAddresses(api)
  const { hostname, port, protocol } = new URL(access.server)
  const apiServer = { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
  const way = settings.ingressUrl ? `the Ingress at ${settings.ingressUrl}` : "the API server's service proxy"
  onLog(`Cluster ${access.server}: applications are reached through ${way}.`)

  const placeOf = (sandboxId: string): NamespacePlace => ({
    sandboxId,
    namespace: settings.namespace ?? `taskmaster-${sandboxId.replace(/^sandbox-/, '')}`,
  })

  const ownRole = ({ namespace }: NamespacePlace) =>
    planOwnRole(namespace, { role: settings.sandboxRole, token: access.token })

  function sandboxOf(place: NamespacePlace): Sandbox {
    const { sandboxId, namespace } = place
    return {
      id: sandboxId,
      adminKubeconfig: '',
      access,
      namespace,
      ingressUrl: settings.ingressUrl ?? null,
      apiServer,
      host: hostIn(namespace, settings),
      ingressClass: settings.ingressClass,
      isShared: true,
      beforeWrite: options.beforeWrite,
      furnish(objects) {
        const space = objects.some(({ kind }) => kind === 'Namespace') ? [planNamespace(place, settings)] : []
        const application = objects.filter(({ kind }) => kind !== 'Namespace')
        return [
          ...space,
          ...ownRole(place),
          ...planGuardRails(place, settings, apiServers),
          ...application.map((object) => localiseObject(object, settings)),
        ]
      },
      localise: (text) => localiseText(text, namespace, settings),
      release: () => release(place),
    }
  }

  const isOurs = (space: KubeObject) => space.metadata.labels?.[instanceLabel] === settings.instance

  async function release({ sandboxId, namespace }: NamespacePlace): Promise<void> {
    const space = await api.find({ kind: 'Namespace', name: namespace })
    // Its name may have gone to another: only what is still this sandbox's is deleted.
    if (!space || !isOurs(space) || space.metadata.labels?.[sandboxLabel] !== sandboxId) return
    // The account first: what a crash leaves undone is found by the namespace.
    await revokeSharedAccess(api, namespace)
    await endNamespace(api, namespace, { onLog })
  }

  async function makeNamespace(place: NamespacePlace): Promise<void> {
    const { namespace } = place
    const existing = await api.find({ kind: 'Namespace', name: namespace })
    if (existing?.metadata.deletionTimestamp) await namespaceGone(api, namespace, { onLog })
    try {
      await api.create(planNamespace(place, settings))
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.status !== 409) throw error
      const holder = await api.find({ kind: 'Namespace', name: namespace })
      throw new Error(
        holder && isOurs(holder)
          ? `The namespace ${namespace} is in use by another attempt of this lab. End that attempt first.`
          : `The namespace ${namespace} exists and is not this lab's. Delete it, or set LAB_NAMESPACE to another name.`,
      )
    }
  }

  return {
    kind: 'kubeconfig',
    api,
    localise: (text, namespace) => localiseText(text, namespace, settings),
    async create(id) {
      const place = placeOf(id)
      await makeNamespace(place)
      try {
        const [own] = ownRole(place)
        if (own) {
          await api.apply(own)
          await awaitOwnRole(api, place.namespace)
        }
        for (const object of planGuardRails(place, settings, apiServers)) await api.apply(object)
      } catch (error) {
        await release(place).catch(onProblem)
        throw error
      }
      return sandboxOf(place)
    },
    async find(id) {
      const [space] = await spacesOf(api, `${instanceLabel}=${settings.instance},${sandboxLabel}=${id}`)
      return space && !space.metadata.deletionTimestamp
        ? sandboxOf({ sandboxId: id, namespace: space.metadata.name })
        : undefined
    },
    async remove(id) {
      const [space] = await spacesOf(api, `${instanceLabel}=${settings.instance},${sandboxLabel}=${id}`)
      if (space) await release({ sandboxId: id, namespace: space.metadata.name })
    },
    async list() {
      const spaces = await spacesOf(api, `${instanceLabel}=${settings.instance}`)
      return spaces.flatMap(({ metadata }) => metadata.labels?.[sandboxLabel] ?? [])
    },
    async stop() {
      credentials.stop()
      api.close()
    },
  }
}

async function spacesOf(api: KubernetesApi, labelSelector: string): Promise<KubeObject[]> {
  const { status, body } = await api.raw({ path: `/api/v1/namespaces?${new URLSearchParams({ labelSelector })}` })
  if (status >= 400) throw readStatus(status, body)
  return (JSON.parse(body) as { items: KubeObject[] }).items
}
