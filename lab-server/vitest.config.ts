import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname

/** Tiers, fastest first. `unit` needs nothing; the others start processes and skip with a reason where they cannot. */
export default defineConfig({
  root,
  test: {
    // Real processes on a shared machine: a second try tells a slow moment from a defect. Nobody else gets one.
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['{lab-server,lab-ui,workload}/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'lab-server/test/**'],
          testTimeout: 30_000,
        },
      },
      {
        root,
        test: {
          name: 'routes',
          include: ['lab-server/test/routes/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: 'kubectl',
          include: ['lab-server/test/kubectl/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'scenarios',
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
          include: ['lab-server/test/real-cluster/**/*.test.ts'],
          testTimeout: 400_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        root,
        test: {
          name: 'browser',
          include: ['lab-server/test/browser/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
