// The lab on a real Kubernetes. Skipped, with the reason, where none is up.
import { describe } from 'vitest'
import { findRealCluster } from './real-cluster.ts'
import { testWholeAttempts } from './whole-attempts.ts'

const cluster = await findRealCluster()
if ('reason' in cluster) process.stderr.write(`Tests on a real Kubernetes are skipped: ${cluster.reason}.\n`)
const title = 'reason' in cluster ? 'a real Kubernetes' : `Kubernetes ${cluster.version}`

describe.skipIf('reason' in cluster)(title, () => {
  testWholeAttempts(() => ('reason' in cluster ? '' : cluster.kubeconfig))
})
