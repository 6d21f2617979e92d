// The lab's account as manifests/platform makes it: its rights and no others.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { readKubeconfig, writeKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { makeKubernetesApi } from '../../src/lab/kubernetes/kubernetes-api.ts'
import type { KubeObject } from '../../src/lab/kubernetes/objects.ts'
import { requestToken } from '../../src/lab/student-token.ts'

const folder = join(import.meta.dirname, '../../../manifests/platform')
const kinds = ['Namespace', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']
const account = { namespace: 'taskmaster-lab', name: 'taskmaster-lab' }

/** Every object of the platform's manifests. */
export function platformObjects(): KubeObject[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('kustomization.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')))
    .map((document) => document.toJS() as KubeObject)
}

/** Applies the account and its rights as an administrator; returns the account's kubeconfig. */
export async function makePlatformAccount(adminKubeconfig: string): Promise<string> {
  const access = readKubeconfig(adminKubeconfig)
  const api = makeKubernetesApi(access)
  try {
    const objects = platformObjects().filter(({ kind }) => kinds.includes(kind))
    for (const kind of kinds) for (const object of objects) if (object.kind === kind) await api.apply(object)
    const token = await requestToken(api, account, 3600)
    return writeKubeconfig({ server: access.server, ca: access.ca, token }, { cluster: 'platform', user: 'lab' })
  } finally {
    api.close()
  }
}
