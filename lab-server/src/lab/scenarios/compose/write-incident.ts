// A composed incident as a folder like any other scenario: it is linted, proved and offered in the same way.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { shareOf } from '../../grading/score.ts'
import type { CheckSpec, Scenario } from '../scenario.ts'
import { fillText, type VariantValues, variantValues } from '../variants.ts'
import type { Part } from './masking.ts'

export interface Incident {
  id: string
  seed: number
  parts: readonly Part[]
  /** From the folder to the schema, for editors. */
  schema: string
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth']

/** The files of the incident's folder, by name. */
export function incidentFiles({ id, seed, parts, schema }: Incident): Record<string, string> {
  const scenarios = parts.map(({ scenario }) => scenario)
  const solutions = scenarios.map((scenario) => ({ id: scenario.id, text: solutionOf(scenario, seed) }))
  const files: Record<string, string> = {
    'scenario.yaml': `# yaml-language-server: $schema=${schema}\n${stringify(incidentData(id, parts), { lineWidth: 0 })}`,
    'brief.md': `${scenarios.map(({ brief }) => brief).join('\n\n---\n\n')}\n`,
    'debrief.md': `${scenarios.map(({ title, debrief }) => `# ${title}\n\n${debrief}`).join('\n\n')}\n`,
    'solution.sh': script(
      ['Each fault by itself.'],
      solutions.map(({ text }) => text),
    ),
  }
  for (const [index, { id: part, text }] of solutions.entries()) {
    const share = shareOf(100, parts.length, index)
    const lines = [`Only this part: ${part}.`, `Earns: ${share}`]
    files[`wrong-fixes/only-${part}.sh`] = script(lines, [text])
  }
  return files
}

/** Without signals: one fault may keep the events of another from happening. Each part is proved with its own. */
function incidentData(id: string, parts: readonly Part[]) {
  const scenarios = parts.map(({ scenario }) => scenario)
  const unique = (texts: string[]) => [...new Set(texts)]
  const setup = scenarios.flatMap((scenario) => scenario.setup ?? [])
  const needs = unique(scenarios.flatMap((scenario) => scenario.needs ?? []))
  return {
    id,
    title: `Work through ${parts.length} tickets at once`,
    level: Math.min(5, Math.max(...scenarios.map(({ level }) => level)) + 1),
    minutes: scenarios.reduce((sum, { minutes }) => sum + minutes, 0),
    tags: unique(['incident', ...scenarios.flatMap(({ tags }) => tags)]),
    domains: unique(scenarios.flatMap(({ domains }) => domains)),
    cause: scenarios.map(({ cause }, index) => `${index + 1}. ${cause.trim()}`).join('\n'),
    holdSeconds: Math.max(...scenarios.map(({ holdSeconds }) => holdSeconds)),
    ...(scenarios.some(({ freshPod }) => freshPod) && { freshPod: true }),
    ...(needs.length > 0 && { needs }),
    ...(setup.length > 0 && { setup }),
    faults: scenarios.flatMap(({ faults }) => faults),
    checks: parts.flatMap(({ own, scenario }, index) => own.map((check) => grouped(check, scenario, index))),
    hints: hintsOf(scenarios),
  }
}

function grouped({ id, title, ...condition }: CheckSpec, { id: part }: Scenario, index: number) {
  return { id: `${part}-${id}`.slice(0, 60), title, group: `Ticket ${index + 1}`, ...condition }
}

/** The first hints of all parts together, then the second ones, then the third. */
function hintsOf(scenarios: readonly Scenario[]) {
  const steps = Math.min(...scenarios.map(({ hints }) => hints.length))
  return Array.from({ length: steps }, (_, step) => ({
    cost: Math.max(...scenarios.map(({ hints }) => hints[step]?.cost ?? 0)),
    text: scenarios
      .map(({ hints }, index) => `For the ${ordinals[index] ?? 'next'} ticket: ${hints[step]?.text.trim()}`)
      .join('\n'),
  }))
}

function solutionOf(scenario: Scenario, seed: number): string {
  const values: VariantValues = variantValues(scenario, seed)
  const text = fillText(readFileSync(join(scenario.folder, 'solution.sh'), 'utf8'), values)
  return text.replace(/^#!.*\n/, '').trim()
}

function script(comments: string[], bodies: string[]): string {
  const parts = bodies.map((body) => `(\n${body}\n)\n`)
  return `#!/bin/sh\n${comments.map((line) => `# ${line}\n`).join('')}set -e\n${parts.join('')}`
}
