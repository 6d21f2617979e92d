// The report of differences between clusters: what each check came to on each of them, and why.
import { differingLines } from '../transcript/compare.ts'
import type { Verdict } from '../transcript/verdict.ts'

/** One check on one cluster. */
export interface Finding {
  cluster: string
  check: string
  verdict: Verdict
}

const counted = ['equal', 'explained', 'known', 'differs', 'not asked'] as const

/** Percent of what was asked that is as on v1.36, or as the cluster's version and parts explain. */
export function shareOf(findings: Finding[]): number {
  const asked = findings.filter(({ verdict }) => verdict.kind !== 'not asked')
  const alike = asked.filter(({ verdict }) => verdict.kind === 'equal' || verdict.kind === 'explained')
  return asked.length === 0 ? 0 : (100 * alike.length) / asked.length
}

function summary(findings: Finding[]): string[] {
  const clusters = [...new Set(findings.map(({ cluster }) => cluster))]
  return [
    `| cluster | ${counted.join(' | ')} | alike |`,
    `| --- |${' --- |'.repeat(counted.length + 1)}`,
    ...clusters.map((cluster) => {
      const own = findings.filter((finding) => finding.cluster === cluster)
      const numbers = counted.map((kind) => own.filter(({ verdict }) => verdict.kind === kind).length)
      return `| ${cluster} | ${numbers.join(' | ')} | ${shareOf(own).toFixed(1)} % |`
    }),
  ]
}

/** The checks of each reason, the commonest first. */
function byReason(findings: Finding[], kind: 'explained' | 'known' | 'not asked'): string[] {
  const groups = new Map<string, string[]>()
  for (const { verdict, check } of findings) {
    if (verdict.kind !== kind || !('reasons' in verdict)) continue
    for (const reason of verdict.reasons) groups.set(reason, [...(groups.get(reason) ?? []), check])
  }
  return [...groups]
    .sort(([, one], [, other]) => other.length - one.length)
    .flatMap(([reason, checks]) => ['', `### ${reason} (${checks.length})`, '', ...checks.map((check) => `- ${check}`)])
}

function unexplained(findings: Finding[]): string[] {
  return findings.flatMap(({ cluster, check, verdict }) =>
    verdict.kind === 'differs'
      ? ['', `### ${cluster}: ${check}`, '', '```', ...differingLines(verdict.expected, verdict.actual), '```']
      : [],
  )
}

/** The whole report as Markdown; its first table says it all. */
export function writeReport(findings: Finding[]): { table: string; whole: string } {
  const table = summary(findings).join('\n')
  const sections: [string, string[]][] = [
    ['Unexplained', unexplained(findings)],
    ['Known differences', byReason(findings, 'known')],
    ['Explained by version or parts', byReason(findings, 'explained')],
    ['Not asked', byReason(findings, 'not asked')],
  ]
  const parts = sections.flatMap(([title, lines]) => ['', `## ${title}`, ...(lines.length > 0 ? lines : ['', 'None.'])])
  return { table, whole: `${['# Differences between clusters', '', table, ...parts].join('\n')}\n` }
}
