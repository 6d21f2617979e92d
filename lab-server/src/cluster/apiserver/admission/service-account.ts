import type { Clock } from '../../clock.ts'
import { randomSuffix } from '../../objects/names.ts'
import type { PodSpec, ServiceAccount, Volume } from '../../objects/types.ts'
import type { Store } from '../../store/store.ts'
import { forbidden } from '../errors.ts'
import type { AdmissionStep } from './chain.ts'
import { containersOf, createdPod } from './pod-specs.ts'

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const patienceMs = 1_350

/** Gives every pod a service account, and its token as a projected volume. */
export function serviceAccountStep({ store, clock }: { store: Store; clock: Clock }): AdmissionStep {
  const find = (namespace: string, name: string) =>
    store.find('serviceaccounts', `${namespace}/${name}`) as unknown as ServiceAccount | undefined

  /** A new namespace gets its default account in a moment: wait for that one as upstream does. */
  function awaitAccount(namespace: string, name: string): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!find(namespace, name)) return
        watcher.stop()
        timer.cancel()
        resolve()
      }
      // What it reads is the store: the changes themselves are of no interest, and may be cut.
      const watcher = store.watch('serviceaccounts', { since: store.revision(), limit: 100_000, wake: look })
      const timer = clock.after(patienceMs, () => {
        watcher.stop()
        resolve()
      })
    })
  }

  return {
    name: 'ServiceAccount',
    async mutate(request) {
      const pod = createdPod(request)
      if (pod === undefined) return
      const { kind, name, namespace = '' } = request
      const accountName = pod.spec.serviceAccountName || pod.spec.serviceAccount || 'default'
      pod.spec.serviceAccountName = accountName
      pod.spec.serviceAccount = accountName
      if (accountName === 'default' && !find(namespace, accountName)) await awaitAccount(namespace, accountName)
      const account = find(namespace, accountName)
      if (account === undefined) {
        const why = `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found`
        throw forbidden(kind, name, why)
      }
      const isMounted = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
      if (isMounted) mountToken(pod.spec)
      if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
        pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets)
      }
    },
  }
}

function mountToken(spec: PodSpec): void {
  const present = spec.volumes?.find(({ name }) => name?.startsWith('kube-api-access-'))
  const name = present?.name ?? `kube-api-access-${randomSuffix()}`
  let isNeeded = false
  for (const container of containersOf(spec)) {
    const mounts = container.volumeMounts ?? []
    if (mounts.some((mount) => mount.mountPath === mountPath)) continue
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }]
    isNeeded = true
  }
  if (isNeeded && present === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        // A few seconds over the hour, so that a kubelet which renews at 80 % of the time never asks for a full hour.
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  }
}
