import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf } from '../verify/proofs.ts'
import { loadScenarios } from './load-scenarios.ts'

const whole = `id: it-is-broken
title: Repair it
level: 1
minutes: 5
tags: [test]
domains: [CKA-TRB]
cause: Something was changed.
faults:
  - scale: Deployment/frontend
    replicas: 0
checks:
  - id: page
    title: The page opens
    http: { path: / }
hints: []
`
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scenarios-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(yaml: string, brief = 'It is broken.'): ReturnType<typeof loadScenarios> {
  const home = join(folder, 'it-is-broken')
  mkdirSync(home)
  writeFileSync(join(home, 'scenario.yaml'), yaml)
  writeFileSync(join(home, 'brief.md'), brief)
  writeFileSync(join(home, 'debrief.md'), 'It was.')
  writeFileSync(join(home, 'solution.sh'), 'true')
  return loadScenarios([folder])
}

it('reads a scenario with its texts and defaults', () => {
  const { catalogue, problems } = write(whole)
  expect(problems).toEqual([])
  expect(catalogue.get('it-is-broken')).toMatchObject({
    holdSeconds: 10,
    brief: 'It is broken.',
    debrief: 'It was.',
    invariants: { except: [], images: [] },
  })
})

describe('names file, line and field of a mistake', () => {
  const cases: [string, string, number, string, string][] = [
    ['a level out of range', whole.replace('level: 1', 'level: 9'), 3, '/level', 'must be <= 5'],
    ['an unknown domain', whole.replace('CKA-TRB', 'CKX'), 6, '/domains/0', 'must be one of CKA-TRB, CKA-ARC'],
    ['a misspelt field', whole.replace('minutes', 'minuets'), 1, '/', 'has an unknown field minuets'],
    [
      'a kind that the lab does not know',
      whole.replace('scale: Deployment/frontend\n    replicas: 0', 'delete: Deploymnet/frontend'),
      9,
      '/faults/0/delete',
      'Deploymnet is not a kind that the lab knows; it knows',
    ],
    [
      'an object outside the namespace that is not declared',
      whole.replace('scale: Deployment/frontend\n    replicas: 0', 'delete: kube-system/ConfigMap/coredns'),
      9,
      '/faults/0/delete',
      'kube-system/ConfigMap/coredns is outside the namespace: list it under beyond',
    ],
    [
      'objects outside the namespace on a cluster of others',
      `${whole}beyond: [kube-system/ConfigMap/coredns]\n`,
      16,
      '/beyond',
      'others would feel it: say needs: [own-cluster]',
    ],
    ['a missing part of a check', whole.replace('{ path: / }', '{ status: 200 }'), 14, '/checks/0/http', 'needs path'],
    [
      'another name than the folder',
      whole.replace('id: it-is-broken', 'id: other'),
      1,
      '/id',
      "must be the folder's name, it-is-broken",
    ],
    [
      'a misspelt kind of check',
      whole.replace('http:', 'htpp:'),
      12,
      '/checks/0',
      'has an unknown field htpp; did you mean http?',
    ],
    ['a check without a kind', whole.replace(/ {4}http.*\n/, ''), 12, '/checks/0', 'needs one of http, endpoints'],
    ['a text for a number', whole.replace('level: 1', 'level: one'), 3, '/level', 'must be a whole number, not "one"'],
    ['YAML that is none', whole.replace('tags: [test]', 'tags: [test'), 6, '', ''],
  ]
  for (const [what, yaml, line, field, message] of cases) {
    it(what, () => {
      const { catalogue, problems } = write(yaml)
      expect(catalogue.size).toBe(0)
      const hit = problems.find((problem) => problem.field === field && problem.message.startsWith(message))
      expect(hit?.line, JSON.stringify(problems)).toBe(line)
      expect(hit?.file).toMatch(/it-is-broken\/scenario\.yaml$/)
    })
  }

  it('one mistake by one message', () => {
    const patch = '  - patch: Service/x\n    ops:\n      - { op: repalce, path: /spec/a, value: 1 }\n'
    const { problems } = write(whole.replace(/ {2}- scale[^\n]*\n[^\n]*\n/, patch).replace('minutes', 'minuets'))
    expect(problems.map(({ field, message }) => `${field} ${message}`)).toEqual([
      '/ has an unknown field minuets; did you mean minutes?',
      '/faults/0/ops/0/op must be one of add, remove, replace, move, copy, test, not "repalce"',
    ])
  })

  it('a folder that has files of a scenario, and no scenario.yaml', () => {
    const home = join(folder, 'half-a-scenario')
    mkdirSync(home)
    writeFileSync(join(home, 'brief.md'), 'It is broken.')
    expect(loadScenarios([folder]).problems).toMatchObject([
      { file: join(home, 'scenario.yaml'), message: 'this file is missing' },
    ])
  })

  it('a change that does not test the healthy value first', () => {
    const patch = '  - patch: Service/x\n    ops:\n      - { op: replace, path: /spec/a, value: 1 }\n'
    const { problems } = write(whole.replace(/ {2}- scale[^\n]*\n[^\n]*\n/, patch))
    expect(problems[0]).toMatchObject({
      line: 11,
      field: '/faults/0/ops/0',
      message: expect.stringContaining('needs a test'),
    })
  })

  it('a variant that lacks a value, or makes one that is not allowed', () => {
    const varied = whole.replace('replicas: 0', 'replicas: "{{count}}"')
    const { problems } = write(`${varied}variants: [{ count: 0 }, { other: 1 }]\n`)
    expect(problems.map(({ message }) => message)).toContain('must be a whole number, not "{{count}}"')
    rmSync(join(folder, 'it-is-broken'), { recursive: true })
    const open = `${whole.replace('Something was', 'Key {{key}} was')}variants: [{ key: a }, { other: b }]\n`
    expect(write(open).problems).toMatchObject([
      { line: 16, field: '/variants', message: 'a variant has no value for {{key}}' },
    ])
  })

  it('a title or a brief that differs by variant: both are read before one is picked', () => {
    const variants = 'variants: [{ key: a }, { key: b }]\n'
    const { problems } = write(`${whole.replace('Repair it', 'Repair {{key}}')}${variants}`, 'It is {{key}}.')
    expect(problems.map(({ field, message }) => `${field} ${message}`)).toEqual([
      '/title is the same for all variants',
      ' is the same for all variants, because it is read before one is picked',
    ])
  })

  it('a brief that is too long', () => {
    const { problems } = write(whole, 'word '.repeat(150))
    expect(problems[0]?.message).toContain('150 words')
  })
})

it('has variants for at least eight scenarios of this repository', () => {
  const varied = [...loadScenarios().catalogue.values()].filter(({ variants = [] }) => variants.length > 1)
  expect(varied.length).toBeGreaterThanOrEqual(8)
})

it('has no problem with any scenario of this repository, and each wrong fix says why it is refused', () => {
  const { catalogue, problems } = loadScenarios()
  expect(problems).toEqual([])
  expect(catalogue.size).toBeGreaterThanOrEqual(36)
  for (const { id, folder: home, hints } of catalogue.values()) {
    expect(
      hints.map((hint) => hint.cost),
      id,
    ).toEqual(hints.map((hint) => hint.cost).toSorted((a, b) => a - b))
    const wrong = readdirSync(join(home, 'wrong-fixes'))
    expect(wrong.length, id).toBeGreaterThan(0)
    for (const name of wrong)
      expect(refusalOf(readFileSync(join(home, 'wrong-fixes', name), 'utf8')), `${id}/${name}`).toBeTruthy()
  }
})
