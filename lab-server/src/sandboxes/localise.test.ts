import { describe, expect, it } from 'vitest'
import type { Ingress } from '../lab/kubernetes/objects.ts'
import { readManifests } from '../lab/manifests.ts'
import { loadScenarios } from '../lab/scenarios/load-scenarios.ts'
import { offeredScenarios } from '../lab/scenarios/offered-scenarios.ts'
import { localiseImage, localiseObject, localiseText } from './localise.ts'
import type { NamespaceSettings } from './namespace-settings.ts'

const settings: NamespaceSettings = {
  instance: 'lab',
  namespace: undefined,
  ingressUrl: undefined,
  ingressClass: 'nginx',
  ingressNamespace: 'ingress-nginx',
  domain: 'taskmaster.local',
  storageClass: undefined,
  imageRegistry: undefined,
  imagePullPolicy: undefined,
  terminal: 'host',
  toolboxImage: 'toolbox',
  sandboxRole: undefined,
  students: 1,
}

describe('texts of scenarios', () => {
  const cases: [string, string][] = [
    ['kubectl -n taskmaster get pods', 'kubectl -n taskmaster-x get pods'],
    ['kubectl --namespace=taskmaster get pods', 'kubectl --namespace=taskmaster-x get pods'],
    ['kubectl patch ingress taskmaster-ingress', 'kubectl patch ingress taskmaster-ingress'],
    ['http://taskmaster.local/api', 'http://taskmaster-x.taskmaster.local/api'],
    ['taskmaster.locl', 'taskmaster-x.taskmaster.locl'],
    ['postgres-svc.taskmaster.svc.cluster.local', 'postgres-svc.taskmaster-x.svc.cluster.local'],
    ['POSTGRES_DB=taskmaster', 'POSTGRES_DB=taskmaster'],
  ]
  it.each(cases)('%s becomes %s', (text, expected) =>
    expect(localiseText(text, 'taskmaster-x', settings)).toBe(expected),
  )

  it('stay as they are in the literal namespace', () => {
    for (const [text] of cases) expect(localiseText(text, 'taskmaster', settings)).toBe(text)
  })
})

describe('images', () => {
  const mirrored = { ...settings, imageRegistry: 'registry.example:5000/mirror' }
  it.each([
    ['postgres:15-alpine', 'registry.example:5000/mirror/library/postgres:15-alpine'],
    ['docker.io/reddydodda/taskmaster-backend:1.0', 'registry.example:5000/mirror/reddydodda/taskmaster-backend:1.0'],
    ['quay.io/other/image:1', 'quay.io/other/image:1'],
  ])('%s comes from %s', (image, expected) => expect(localiseImage(image, mirrored)).toBe(expected))
})

describe('the application', () => {
  const objectsWith = (change: Partial<NamespaceSettings>) =>
    readManifests('taskmaster-x').map((object) => localiseObject(object, { ...settings, ...change }))
  const claimWith = (storageClass: string) =>
    objectsWith({ storageClass }).find(({ kind }) => kind === 'PersistentVolumeClaim')?.spec

  it('is asked under a host of its own', () => {
    const ingress = objectsWith({ domain: 'apps.example' }).find(({ kind }) => kind === 'Ingress') as Ingress
    expect(ingress.spec.rules?.map(({ host }) => host)).toEqual(['taskmaster-x.apps.example'])
  })

  it('keeps its data in the storage class that is set, or in the default', () => {
    expect(claimWith('fast')).toMatchObject({ storageClassName: 'fast' })
    expect(claimWith('')).not.toHaveProperty('storageClassName')
  })
})

it('a scenario is offered where its needs are met', () => {
  const { catalogue } = loadScenarios()
  const nowhere = offeredScenarios(catalogue, { has: new Set(), lacks: new Set() })
  expect(nowhere.offered.has('backend-pending-after-the-workshop')).toBe(false)
  expect(nowhere.withheld).toContain(
    'backend-pending-after-the-workshop is not offered: it needs a cluster of its own.',
  )
  const has = new Set(['ingress', 'own-cluster'] as const)
  expect(offeredScenarios(catalogue, { has, lacks: new Set() }).offered.size).toBe(catalogue.size)
  const old = offeredScenarios(catalogue, { has, lacks: new Set(['batch/v1 CronJob']) })
  expect(old.withheld).toContain('nobody-makes-backups is not offered: it needs batch/v1 CronJob.')
  expect(old.offered.size).toBeLessThan(catalogue.size)
})
