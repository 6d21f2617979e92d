// What the cluster of the recordings was like, beside what every Kubernetes is: see the recordings' own README.md.
import { spawn } from 'node:child_process'
import { runCommand, type Workplace } from './run-command.ts'

/** What it did not have: a metrics API, a provisioner, a registry that could be reached. */
export const recordedWithout = ['metrics', 'provisioner', 'registry'] as const

/** No ingress controller ran, DNS was no add-on of the cluster's, the node's first events had expired. */
const setup = `kubectl delete ns ingress-nginx &&
kubectl -n kube-system label svc kube-dns kubernetes.io/cluster-service- &&
kubectl -n default delete events --field-selector reason!=RegisteredNode`

const volume = `kubectl apply -f - <<'EOF'
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv-1}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 5Gi}
  hostPath: {path: /var/lib/local-path/pv-1, type: DirectoryOrCreate}
  storageClassName: local-path
EOF`

/** Makes a volume for each claim whose consumer has been given a node. */
const provisioner = `
kubectl get pvc -A -w -o jsonpath='{.metadata.namespace} {.metadata.name} {.metadata.uid} {.spec.resources.requests.storage} {.metadata.annotations.volume\\.kubernetes\\.io/selected-node}{"\\n"}' |
while read -r namespace name uid storage node; do
  test -n "$node" && kubectl create -f - <<EOF
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-$uid}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: $storage}
  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: $namespace, name: $name, uid: $uid}
  hostPath: {path: /var/lib/local-path/$name, type: DirectoryOrCreate}
  storageClassName: local-path
EOF
done`

/** Makes a cluster as the recorded one was; `pv-1` existed when TaskMaster was deployed. */
export async function setUpAsRecorded(workplace: Workplace, { hasVolume = false } = {}): Promise<void> {
  const { output, exitCode } = await runCommand(workplace, hasVolume ? `${setup} && ${volume}` : setup)
  if (exitCode !== 0) throw new Error(output)
}

/** Provisions volumes by hand, as was done there; the result ends it. */
export function provisionByHand({ folder, env }: Workplace): () => void {
  const child = spawn('bash', ['-c', provisioner], { cwd: folder, env, stdio: 'ignore', detached: true })
  return () => {
    if (child.pid) process.kill(-child.pid, 'SIGKILL')
  }
}
