// The classic break-fix exercises of the field had defects: faults that broke nothing, graders that could not fail, checks
// that a wrong page passed. Each is held here against the scenario that repairs it, and none may come back.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { objectOf } from './compose/masking.ts'
import { loadScenarios } from './load-scenarios.ts'
import type { CheckSpec, Scenario } from './scenario.ts'
import { manifestObjects } from './testing/manifest-objects.ts'

const { catalogue } = loadScenarios()
const get = (id: string): Scenario => {
  const found = catalogue.get(id)
  if (!found) throw new Error(`There is no scenario ${id}.`)
  return found
}
const isDrained = ({ faults }: Scenario) => faults.every((fault) => 'drain' in fault && fault.drain !== false)
const checksOf = (id: string, isSought: (check: CheckSpec) => boolean) => get(id).checks.filter(isSought)
const wrongFixesOf = (id: string) => readdirSync(join(get(id).folder, 'wrong-fixes'))

describe('the classic exercises, without their defects', () => {
  it.each([
    'backend-exits-at-once',
    'dashboard-is-gone',
    'api-down-after-cleanup',
    'backend-waits-since-the-audit',
    'backend-keeps-being-killed',
    'api-pods-never-ready',
    'database-pod-pending',
  ])('01 to 09: %s takes users down, because it is drained first', (id) => {
    expect(isDrained(get(id))).toBe(true)
  })

  it('02: a stock web server that answers 200 is no dashboard', () => {
    expect(wrongFixesOf('dashboard-is-gone')).toContain('stock-nginx.sh')
    expect(checksOf('dashboard-is-gone', ({ http }) => http?.contains !== undefined)).toHaveLength(1)
  })

  it('03: endpoints are compared by identity, so a pod that merely answers does not count', () => {
    expect(checksOf('tasks-do-not-load', ({ endpoints }) => endpoints?.of === 'Deployment/backend')).toHaveLength(1)
    expect(wrongFixesOf('tasks-do-not-load')).toContain('pods-relabelled.sh')
  })

  it.each([
    ['04', 'api-down-after-cleanup', 'ConfigMap/backend-config'],
    ['05', 'backend-waits-since-the-audit', 'Secret/backend-secret'],
  ])('%s: %s is graded against the keys that the object really has', (_, id, object) => {
    const healthy = manifestObjects().get(object) as { data?: object; stringData?: object } | undefined
    const keys = Object.keys(healthy?.data ?? healthy?.stringData ?? {})
    const [settings] = checksOf(id, ({ resource }) => resource?.of === object)
    expect(Object.keys(settings?.resource?.fields ?? {}).sort()).toEqual(keys.map((key) => `data.${key}`).sort())
  })

  it('06: memory is compared as a quantity in a band, not as a text', () => {
    expect(get('backend-keeps-being-killed').checks.some(({ resource }) => resource !== undefined)).toBe(false)
    expect(wrongFixesOf('backend-keeps-being-killed')).toEqual(['huge-limit.sh', 'no-limits.sh'])
    expect(readdirSync(join(get('backend-keeps-being-killed').folder, 'also-fixes'))).toContain('other-units.sh')
  })

  it('07: a probe that is removed or blunted is not repaired', () => {
    const wrong = wrongFixesOf('backend-restarts-again-and-again')
    expect(wrong).toEqual(['blunted.sh', 'endless-patience.sh', 'probe-removed.sh'])
  })

  it('08: the grader of the readiness probe can fail', () => {
    expect(wrongFixesOf('api-pods-never-ready')).toContain('unready-pods-in-the-service.sh')
    expect(wrongFixesOf('api-pods-never-ready')).toContain('probe-removed.sh')
  })

  it('09: the fault of the claim exists, and an empty one does not repair it', () => {
    expect(get('database-pod-pending').faults.map(objectOf)).toEqual(['Deployment/postgres'])
    expect(wrongFixesOf('database-pod-pending')).toContain('empty-claim.sh')
  })

  it('11: the API is asked for JSON through the Ingress, and /api may not lead everywhere', () => {
    expect(checksOf('dashboard-has-no-data', ({ http }) => http?.body !== undefined)).toHaveLength(2)
    expect(wrongFixesOf('dashboard-has-no-data')).toContain('everything-to-the-backend.sh')
  })

  it('12: the account is one that the application runs as', () => {
    expect(get('backend-gone-since-part-one').faults.map(objectOf)).toEqual(['Deployment/backend'])
  })

  it('13: the way from the ingress controller counts, and a way for everybody is refused', () => {
    const { flows = [] } = get('calls-of-the-api-hang')
    expect(flows).toContainEqual({ from: 'ingress', to: { app: 'backend' }, port: 5000, allowed: true })
    expect(flows).toContainEqual({ from: {}, to: { app: 'backend' }, port: 5000, allowed: false })
    expect(wrongFixesOf('calls-of-the-api-hang')).toContain('everybody.sh')
  })

  it('15: a rollout is graded by its conditions, because health stays green', () => {
    expect(checksOf('new-version-never-arrives', ({ rollout }) => rollout !== undefined)).toHaveLength(1)
    expect(checksOf('new-version-never-arrives', ({ http, guard }) => http !== undefined && !guard)).toEqual([])
  })
})

describe('the library', () => {
  const all = [...catalogue.values()]

  it('breaks every object of the application', () => {
    const broken = new Set(all.flatMap(({ faults }) => faults.map(objectOf)))
    const left = [...manifestObjects().keys()].filter((name) => !broken.has(name))
    // The init script and the claim are broken where the database refers to them.
    expect(left).toEqual(['ConfigMap/database-init', 'PersistentVolumeClaim/postgres-pvc'])
  })

  it('has all levels, and at least five incidents that pay for each fault', () => {
    expect([...new Set(all.map(({ level }) => level))].sort()).toEqual([1, 2, 3, 4, 5])
    const incidents = all.filter(({ checks }) => new Set(checks.map(({ group }) => group)).size > 1)
    expect(incidents.length).toBeGreaterThanOrEqual(5)
  })

  it('has at least four scenarios in which health stays green', () => {
    const asks = ({ http, guard }: CheckSpec) => http !== undefined && !guard
    const green = all.filter(({ checks }) => !checks.some((check) => asks(check) || check.endpoints))
    expect(green.length).toBeGreaterThanOrEqual(4)
  })
})
