import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readManifests } from '../manifests.ts'
import { lintScenario, lintWith } from './lint-scenario.ts'
import { loadScenarios } from './load-scenarios.ts'
import { writeNewScenario } from './new-scenario.ts'
import type { Fault, Scenario } from './scenario.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function fresh(change: Partial<Scenario> = {}): Scenario {
  writeNewScenario('it-is-broken', folder)
  const { catalogue, problems } = loadScenarios([folder])
  expect(problems).toEqual([])
  const scenario = catalogue.get('it-is-broken')
  if (!scenario) throw new Error('the new scenario was not loaded')
  return { ...scenario, ...change }
}

const wrong = { 'wrong-fixes/a.sh': '# Refused: because\n' }
const messages = (scenario: Scenario, scripts: Record<string, string> = wrong) =>
  lintWith(scenario, scripts, readManifests('taskmaster')).map(({ message }) => message)
const patch = (name: string, path: string, value: unknown): Fault => ({
  patch: name,
  ops: [{ op: 'add', path, value }],
})

it('finds nothing in a new scenario, and nothing in those of this repository', () => {
  expect(lintScenario(fresh())).toEqual([])
  expect([...loadScenarios().catalogue.values()].flatMap(lintScenario)).toEqual([])
})

it('never writes over a scenario that exists', () => {
  fresh()
  expect(() => writeNewScenario('it-is-broken', folder)).toThrow('exists already')
  expect(() => writeNewScenario('It Is', folder)).toThrow('is no id')
})

describe('finds a patch that the API server would refuse:', () => {
  const container = '/spec/template/spec/containers[name=backend]'
  const cases: [string, Fault, string][] = [
    ['a selector', patch('Deployment/backend', '/spec/selector/matchLabels/app', 'x'), 'selector is immutable'],
    ['labels', patch('Deployment/backend', '/spec/template/metadata/labels/app', 'x'), 'does not match template'],
    ['a request', patch('Deployment/backend', `${container}/resources/requests/memory`, '1Gi'), 'above its limit'],
    ['a probe port', patch('Deployment/backend', `${container}/livenessProbe/httpGet/port`, 70000), 'port 70000'],
    ['a path', patch('Ingress/taskmaster-ingress', '/spec/rules/0/http/paths/0/path', 'api'), 'has no /'],
    ['a claim', patch('PersistentVolumeClaim/postgres-pvc', '/spec/storageClassName', 'x'), 'use replace'],
    ['a rollout', patch('Deployment/backend', '/spec/strategy', { rollingUpdate: zero }), 'maxUnavailable may not be'],
  ]
  for (const [what, fault, message] of cases) {
    it(what, () => expect(messages(fresh({ faults: [fault] }))).toContainEqual(expect.stringContaining(message)))
  }
})
const zero = { maxSurge: 0, maxUnavailable: 0 }

describe('finds a fault that misses:', () => {
  const at = (name: string, ...ops: { op: 'test' | 'add'; path: string; value: unknown }[]): Fault => ({
    patch: name,
    ops,
  })
  const cases: [string, Fault, string][] = [
    [
      'no such object',
      at('Deployment/bakend', { op: 'add', path: '/spec/paused', value: true }),
      'no Deployment/bakend; there are Deployment/backend',
    ],
    [
      'no such container',
      at('Deployment/backend', { op: 'add', path: '/spec/template/spec/containers[name=x]/tty', value: true }),
      'no item with name x',
    ],
    [
      'another healthy value',
      at('Deployment/backend', { op: 'test', path: '/spec/replicas', value: 3 }),
      'the healthy value is 2, not 3',
    ],
    ['a port that is none', patch('Service/backend-svc', '/spec/ports/0/targetPort', 99999), '99999 is no port'],
  ]
  for (const [what, fault, message] of cases) {
    it(what, () => expect(messages(fresh({ faults: [fault] }))).toContainEqual(expect.stringContaining(message)))
  }

  it('none after what the set-up made', () => {
    const claim = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'made' }, data: { a: '1' } }
    const scenario = fresh({
      setup: [{ create: claim }],
      faults: [at('ConfigMap/made', { op: 'test', path: '/data/a', value: '1' })],
    })
    expect(messages(scenario)).toEqual([])
  })
})

it('finds a check that is green before the repair, and says where it stands', () => {
  const scenario = fresh()
  const name = (of: string, fields: object) => ({ id: 'port', title: 'The port is right', resource: { of, fields } })
  const found = (check: object) =>
    lintWith({ ...scenario, checks: [...scenario.checks, check] } as Scenario, wrong, readManifests('taskmaster'))
  const [problem] = found(name('Service/backend-svc', { 'spec.ports[0].port': 5000 }))
  expect(problem).toMatchObject({ field: '/checks/2', message: expect.stringContaining('green before the repair') })
  expect(problem?.line).toBeGreaterThan(1)
  expect(found(name('Service/backend-svc', { 'spec.ports[0].targetPort': 5000 }))).toEqual([])
  expect(found({ ...name('Service/backend-svc', { 'spec.ports[0].port': 5000 }), guard: true })).toEqual([])
})

it('finds a debrief that does not teach', () => {
  expect(messages(fresh({ debrief: 'It was the port.' }))).toContain('has no "## How to find it"')
})

describe('finds', () => {
  it('a hint that contains the command of the solution', () => {
    const text = 'Try `kubectl scale deployment frontend --replicas=2`.'
    const scenario = fresh({ hints: [5, 10, 20].map((cost) => ({ cost, text: cost === 20 ? text : 'Look again.' })) })
    const solution = 'kubectl -n taskmaster scale deployment frontend --replicas=2\n'
    expect(messages(scenario, { ...wrong, 'solution.sh': solution })).toEqual([
      'contains a command of solution.sh: kubectl scale deployment frontend --replicas=2',
    ])
  })

  it('too few hints, and hints that do not cost more and more', () => {
    expect(
      messages(
        fresh({
          hints: [
            { cost: 5, text: 'Look.' },
            { cost: 5, text: 'Look again.' },
          ],
        }),
      ),
    ).toEqual(['has 2 hints; 3 lead step by step', 'must cost more than the hint before it'])
  })

  it('a brief that names what the fault writes', () => {
    expect(messages(fresh({ brief: 'The port is 5050 now.' }))).toEqual([
      'names the cause: "5050" is what the fault writes',
    ])
  })

  it('a hint that contains any command that repairs', () => {
    const scenario = fresh()
    const hint = (text: string) => {
      const hints = [5, 10, 20].map((cost) => ({ cost, text: cost === 20 ? text : 'Look again.' }))
      return messages({ ...scenario, hints })
    }
    expect(hint('`kubectl edit service backend-svc`, and set the port.')).toEqual([
      'contains the command: "kubectl edit service backend-svc"; say what is wrong instead',
    ])
    expect(hint('Then `kubectl rollout undo deployment/backend`.')).toHaveLength(1)
    expect(hint('`kubectl set env deployment/backend --list` shows where each comes from.')).toEqual([])
    expect(hint('`kubectl rollout restart` and watch; then `kubectl describe service`.')).toEqual([])
  })

  it('titles and tags that name the cause', () => {
    expect(messages(fresh({ title: 'Get rid of 5050', tags: ['network', 'services'] }))).toEqual([
      'names the cause: "5050" is what the fault writes',
      'names the cause: the fault writes a Service. Say the area: network, storage, configuration, pods',
    ])
  })

  it('scripts that do not say what they show, and none at all', () => {
    const scenario = fresh()
    expect(messages(scenario, { 'wrong-fixes/a.sh': 'true', 'also-fixes/b.sh': 'true' })).toEqual([
      'the first comment does not say why: # Refused: …, or # Earns: …',
      'the first comment does not say why: # Accepted: …',
    ])
    expect(messages(scenario, {})).toEqual(['has no script: a scenario that refuses nothing is not proved'])
  })
})
