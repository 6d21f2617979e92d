// Labs to be killed, stopped and started again: processes with one database, which reach the cluster through a proxy that sees
// and holds up what they ask.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readKubeconfig, writeKubeconfig } from '../../src/lab/kubernetes/kubeconfig.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts'
import { type LabProcess, startLabProcess } from './lab-process.ts'
import { startTestCluster, type TestCluster } from './test-cluster.ts'

export interface KillableLabs {
  cluster: TestCluster
  postgres: EmbeddedPostgres
  proxy: FaultProxy
  /** Starts a lab with a data folder of this name; resolves when it is the one that works. */
  start(dataFolder: string): Promise<LabProcess>
  /** Kills the labs that run, and ends what they ran on. */
  stop(): Promise<void>
}

/** A cluster (a real one where it is up), a database and a proxy for labs of the instance `name`. */
export async function startKillableLabs(name: string): Promise<KillableLabs> {
  const cluster = await startTestCluster(name, { isRealPreferred: true })
  const { folder } = cluster
  const postgres = await startEmbeddedPostgres({ dataDir: folder, onLog() {} })
  const proxy = await startFaultProxy(readKubeconfig(cluster.kubeconfig))
  const through = writeKubeconfig({ server: proxy.access.server, token: 'none' }, { cluster: 'proxy', user: 'lab' })
  await writeFile(join(folder, 'kubeconfig'), through, { mode: 0o600 })
  const labs: LabProcess[] = []
  return {
    cluster,
    postgres,
    proxy,
    async start(dataFolder) {
      const lab = await startLabProcess({
        LAB_CLUSTER: 'kubeconfig',
        KUBECONFIG: join(folder, 'kubeconfig'),
        LAB_INSTANCE: name,
        LAB_WARM_POOL: '0',
        LAB_DATA_DIR: join(folder, dataFolder),
        DATABASE_URL: postgres.url,
      })
      labs.push(lab)
      return lab
    },
    async stop() {
      await Promise.all(labs.map((lab) => lab.kill()))
      await proxy.stop()
      await postgres.stop()
      await cluster.stop()
    },
  }
}
