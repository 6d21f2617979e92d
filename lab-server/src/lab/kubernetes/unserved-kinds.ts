// Kinds that an older cluster serves only in a version before the one that scenarios are written in.
import { type KindName, kindPaths } from './kinds.ts'
import type { KubernetesApi } from './kubernetes-api.ts'

/** A kind in one version, as `batch/v1 CronJob`. */
export const kindInVersion = ({ apiVersion = '', kind }: { apiVersion?: string | undefined; kind: string }) =>
  `${apiVersion} ${kind}`

/** Those of the kinds with several versions whose newest this cluster does not serve, as `batch/v1 CronJob`. */
export async function unservedKinds(api: KubernetesApi): Promise<Set<string>> {
  const kinds = (Object.keys(kindPaths) as KindName[]).filter((kind) => kindPaths[kind].apiVersions.length > 1)
  const served = await Promise.all(
    kinds.map(async (kind) => {
      const { status, body } = await api.raw({ path: `/apis/${kindPaths[kind].apiVersions[0]}` })
      if (status === 404) return false
      if (status !== 200) throw new Error(`the cluster does not say whether it serves ${kind}: ${status}`)
      const { resources = [] } = JSON.parse(body) as { resources?: { kind: string }[] }
      return resources.some((resource) => resource.kind === kind)
    }),
  )
  const missing = kinds.filter((_, index) => !served[index])
  return new Set(missing.map((kind) => kindInVersion({ apiVersion: kindPaths[kind].apiVersions[0], kind })))
}
