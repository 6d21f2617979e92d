// What the verdicts on a command are, by the cluster that answers.
import { expect, it } from 'vitest'
import { writeReport } from '../report/difference-report.ts'
import type { Traits } from './other-answers.ts'
import { parseTranscript } from './parse-transcript.ts'
import { judge, notAsked } from './verdict.ts'

const text = `# A topic.

# before 1.25: Pod Security admission came then
#| pod/root created
#| [exit 0]
$ kubectl create -f root.yaml
Error from server (Forbidden): no
[exit 1]

# without metrics: there is nobody to ask
$ kubectl top pods
NAME  CPU
[exit 0]

# elsewhere: processes are shared there
#| two
#| [exit 0]
$ kubectl exec p -- ps
one
[exit 0]
`

const modern: Traits = { isEmbedded: true, minor: 36, kubectl: 36, lacks: [] }
const old: Traits = { isEmbedded: false, minor: 20, kubectl: 36, lacks: ['metrics'] }
const [root, top, exec] = parseTranscript(text)
const said = (output: string, exitCode = 0) => ({ output, exitCode })

it('takes the answer of the transcript as equal wherever it is given', () => {
  for (const traits of [modern, old])
    expect(root && judge(root, said('Error from server (Forbidden): no', 1), traits)).toEqual({ kind: 'equal' })
})

it('takes the answer of an older server as explained on an older server, and as different on ours', () => {
  const answer = said('pod/root created\n')
  expect(root && judge(root, answer, old)).toEqual({
    kind: 'explained',
    reasons: ['before 1.25: Pod Security admission came then'],
  })
  expect(root && judge(root, answer, modern)).toMatchObject({ kind: 'differs', actual: 'pod/root created\n[exit 0]' })
})

it('does not ask what makes no sense on a cluster', () => {
  expect(top && notAsked(top, modern)).toBeUndefined()
  expect(top && notAsked(top, old)).toMatchObject({ kind: 'not asked' })
})

it('counts what every other cluster answers as a known difference, and the report names it', () => {
  const verdict = exec && judge(exec, said('two\n'), old)
  expect(verdict).toMatchObject({ kind: 'known' })
  if (!verdict) return
  const { table, whole } = writeReport([
    { cluster: 'real', check: 'exec', verdict },
    { cluster: 'real', check: 'root', verdict: { kind: 'equal' } },
  ])
  expect(table).toContain('| real | 1 | 0 | 1 | 0 | 0 | 50.0 % |')
  expect(whole).toContain('### elsewhere: processes are shared there (1)\n\n- exec\n')
})

it('refuses an answer without an end', () => {
  expect(() => parseTranscript('# before 1.25: because\n#| half\n$ kubectl get pods\n[exit 0]\n')).toThrow('[exit N]')
})
