import { describe, expect, test } from 'vitest'
import { type AnyObject, changeProblems, problems } from '../testing/problems.ts'
import type { KubeObject } from '../types.ts'

const template = (spec: object = {}, labels?: object) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'a', image: 'b' }], restartPolicy: 'Never', ...spec },
})
const jobProblems = (spec: object, name = 'x') =>
  problems('Job', { metadata: { name, uid: 'u' }, spec: { template: template(), ...spec } })
const cronProblems = (spec: object) =>
  problems('CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: template() } }, ...spec } })

describe('a Job', () => {
  test.each([
    [{ backoffLimitPerIndex: 1 }, ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode']],
    [
      { completionMode: 'Indexed', completions: 2, maxFailedIndexes: 3 },
      [
        'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions',
      ],
    ],
    [
      {
        template: template({ restartPolicy: 'OnFailure' }),
        podReplacementPolicy: 'TerminatingOrFailed',
        podFailurePolicy: {
          rules: [
            {},
            { action: 'FailIndex', onExitCodes: { operator: 'In', values: [2, 0, 2], containerName: 'c' } },
            { action: 'Stop', onPodConditions: [{ type: 'a b', status: 'Maybe' }] },
          ],
        },
      },
      [
        'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]',
        'spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
        'spec.podFailurePolicy.rules[1].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
        'spec.podFailurePolicy.rules[1].onExitCodes.containerName: Invalid value: "c": must be one of the container or initContainer names in the pod template',
        'spec.podFailurePolicy.rules[1].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
        'spec.podFailurePolicy.rules[1].onExitCodes.values[2]: Duplicate value: 2',
        'spec.podFailurePolicy.rules[1].onExitCodes.values: Invalid value: [2,0,2]: must be ordered',
        'spec.podFailurePolicy.rules[2].action: Unsupported value: "Stop": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
        "spec.podFailurePolicy.rules[2].onPodConditions[0].type: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
        'spec.podFailurePolicy.rules[2].onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
        'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
        'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
      ],
    ],
    [
      { successPolicy: { rules: [{ succeededCount: 1 }] } },
      [
        'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: requires indexed completion mode',
      ],
    ],
    [
      {
        completionMode: 'Indexed',
        completions: 3,
        successPolicy: { rules: [{}, { succeededIndexes: '0-3' }, { succeededIndexes: '0,2', succeededCount: 3 }] },
      },
      [
        'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
        'spec.successPolicy.rules[1].succeededIndexes: Invalid value: "0-3": error parsing succeededIndexes: too large index: "3"',
        'spec.successPolicy.rules[2].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
      ],
    ],
    [
      { managedBy: 'me' },
      ['spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
  ])('with %j is refused', (spec, expected) => {
    expect(jobProblems(spec)).toEqual(expected)
  })

  test('whose pods would get too long a name is refused', () => {
    const name = 'x'.repeat(62)
    expect(jobProblems({ completionMode: 'Indexed', completions: 11 }, name)).toEqual([
      `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-10`,
    ])
  })

  test('copied from another with its labels is refused', () => {
    const labels = { 'controller-uid': 'old', 'job-name': 'x' }
    const shown = JSON.stringify({
      'batch.kubernetes.io/controller-uid': 'u',
      'batch.kubernetes.io/job-name': 'x',
      'controller-uid': 'old',
      'job-name': 'x',
    })
    const selector = { matchLabels: { 'batch.kubernetes.io/controller-uid': 'old' } }
    expect(jobProblems({ selector, template: template({}, labels) })).toEqual([
      `spec.template.metadata.labels[controller-uid]: Invalid value: ${shown}: must be 'u'`,
      'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"old"}}: `selector` not auto-generated',
      `spec.template.metadata.labels: Invalid value: ${shown}: \`selector\` does not match template \`labels\``,
    ])
  })

  test('changes completions together with parallelism only, and its policies never', () => {
    const spec = {
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] },
      selector: { matchLabels: { a: 'b' } },
      template: template({}, { a: 'b' }),
    }
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'x', uid: 'u' },
      spec,
    } as unknown as KubeObject
    const change = (object: AnyObject) => {
      object.spec.completions = 3
      object.spec.podFailurePolicy.rules[0].action = 'Ignore'
      object.spec.successPolicy = { rules: [{ succeededCount: 1 }] }
    }
    expect(changeProblems(job, change)).toEqual([
      'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
      'spec.podFailurePolicy: Invalid value: {"Rules":[{"Action":"Ignore","OnExitCodes":{"ContainerName":null,"Operator":"In","Values":[1]},"OnPodConditions":null}]}: field is immutable',
      'spec.successPolicy: Invalid value: {"Rules":[{"SucceededIndexes":null,"SucceededCount":1}]}: field is immutable',
    ])
  })
})

describe('a CronJob', () => {
  test.each([
    [{ timeZone: 'Mars/Base' }, ['spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base']],
    [{ timeZone: 'europe/berlin' }, ['spec.timeZone: Invalid value: "europe/berlin": unknown time zone europe/berlin']],
    [{ timeZone: '+02' }, ['spec.timeZone: Invalid value: "+02": unknown time zone +02']],
    [
      { schedule: 'TZ=UTC * * * * *' },
      [
        'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
      ],
    ],
    [
      { jobTemplate: { spec: { template: template(), selector: { matchLabels: { a: 'b' } }, manualSelector: true } } },
      [
        'spec.jobTemplate.spec.selector: Invalid value: {"matchLabels":{"a":"b"}}: `selector` will be auto-generated',
        'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
      ],
    ],
  ])('with %j is refused', (spec, expected) => {
    expect(cronProblems(spec)).toEqual(expected)
  })

  test('knows zones by their names', () => {
    for (const timeZone of ['Europe/Berlin', 'Etc/UTC', 'UTC', 'Asia/Calcutta'])
      expect(cronProblems({ timeZone })).toEqual([])
  })

  test('has a name that leaves room for those of its Jobs', () => {
    const name = 'x'.repeat(53)
    const spec = { schedule: '* * * * *', jobTemplate: { spec: { template: template() } } }
    expect(problems('CronJob', { metadata: { name }, spec })).toEqual([
      `metadata.name: Invalid value: "${name}": must be no more than 52 bytes`,
    ])
  })
})
