// Where the checks run: on an embedded cluster, on the one of TEST_KUBECONFIG, or with CONFORMANCE_REPORT on both.
import { givenKubeconfig, openGivenCluster, startEmbeddedCluster, type TestCluster } from './test-cluster.ts'

/** A cluster to run checks on. */
export interface Place {
  name: string
  open(): Promise<TestCluster>
  /** A second one, for checks that would disturb others; a given cluster has none. */
  openAnother?(): Promise<TestCluster>
}

const openEmbedded = () => startEmbeddedCluster({ nodes: 2 })
const embedded: Place = { name: 'the embedded cluster', open: openEmbedded, openAnother: openEmbedded }

const kubeconfig = givenKubeconfig
const given: Place[] = kubeconfig ? [{ name: 'the given cluster', open: () => openGivenCluster(kubeconfig) }] : []

/** Each place of this run. */
export const places = given.length === 0 || process.env.CONFORMANCE_REPORT ? [embedded, ...given] : given
