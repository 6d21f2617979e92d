import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { differenceReporter } from './test/kubectl/report/difference-reporter.ts'

const root = new URL('..', import.meta.url).pathname

/** Real processes on a shared machine: a second try tells a slow moment from a defect. Only CI gets one. */
const retry = process.env.CI ? 1 : 0

/** Vitest leaves one processor free; the tests of these tiers wait enough for all to be busy. */
const maxWorkers = availableParallelism()

const report = process.env.CONFORMANCE_REPORT

/** The tests that are nothing without a real Kubernetes; those of the tier before them have an embedded one, too. */
const onRealKubernetes = ['real-kubernetes', 'pod-terminal', 'k3s'].map(
  (name) => `lab-server/test/real-cluster/${name}.test.ts`,
)

/** Tiers, fastest first. `unit` needs nothing; the others start processes and skip with a reason where they cannot. */
export default defineConfig({
  root,
  test: {
    ...(report ? { reporters: ['default', differenceReporter(report)] } : {}),
    projects: [
      {
        root,
        test: {
          name: 'unit',
          retry,
          include: ['{lab-server,lab-ui,workload}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'lab-server/test/**'],
          maxWorkers,
          // No module keeps state of its own (a hundred clusters share one process), so files need no worker each.
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          name: 'routes',
          retry,
          include: ['lab-server/test/routes/**/*.test.ts'],
          maxWorkers,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'kubectl',
          retry,
          include: ['lab-server/test/kubectl/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A cluster that was named is one for all files, and some of them change its nodes.
          fileParallelism: !process.env.TEST_KUBECONFIG,
          maxWorkers,
        },
      },
      {
        root,
        test: {
          name: 'scenarios',
          retry,
          include: ['lab-server/test/scenarios/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'real-cluster',
          retry,
          include: ['lab-server/test/real-cluster/**/*.test.ts'],
          exclude: onRealKubernetes,
          testTimeout: 400_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'real-kubernetes',
          retry,
          include: onRealKubernetes,
          globalSetup: 'lab-server/test/real-cluster/local-kubernetes.ts',
          testTimeout: 400_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'images',
          retry,
          include: ['lab-server/test/images/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        root,
        test: {
          name: 'browser',
          retry,
          include: ['lab-server/test/browser/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
