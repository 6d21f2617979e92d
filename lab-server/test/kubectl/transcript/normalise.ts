// Takes out of an output what differs from run to run: names that were drawn, times, ages, addresses, ids, widths.

const drawn = '[bcdfghjklmnpqrstvwxz2456789]'
const age = '(?:\\d+y)?(?:\\d+d)?(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?'

/** Applied in this order. */
const replacements: [RegExp, string][] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, '<time>'],
  [/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, '<time>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \w+/g, '<time>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>'],
  [/(?:containerd|sha256)(?::\/\/|:)[0-9a-f]{40,64}/g, '<id>'],
  [/\b[0-9a-f]{64}\b/g, '<id>'],
  [/(Machine ID|System UUID):(\s+)(?:[0-9a-f]{32}|<uid>)/g, '$1:$2<id>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<ip>'],
  [/(?<=https:\/\/<ip>):\d+/g, ':<port>'],
  [/\bnode-\d+\b/g, '<node>'],
  [/(resourceVersion"?: ?)"\d+"/g, '$1<revision>'],
  [/ObservedGeneration: \d+/gi, '<generation>'],
  [new RegExp(`\\b([a-z][a-z0-9-]*?)-${drawn}{5,10}-${drawn}{5}(?![a-z0-9-])`, 'g'), '$1-<hash>-<drawn>'],
  [new RegExp(`(?<=[a-z0-9]-)(?=${drawn}*\\d)${drawn}{7,10}\\b`, 'g'), '<hash>'],
  [new RegExp(`(?<=[a-z0-9]-)${drawn}{5}(?![a-z0-9-])`, 'g'), '<drawn>'],
  [/(pod-template-hash[=:] ?)\w+/g, '$1<hash>'],
  [/(controller-revision-hash[=:] ?)\S+/g, '$1<hash>'],
  [
    new RegExp(`(?<=\\s|^)(?<!for )(?=\\d|<invalid>)(?:<invalid>|${age}) \\(x\\d+ over (?:<invalid>|${age})\\)`, 'g'),
    '<age>',
  ],
  [new RegExp(`(?<=\\s|^)\\d+ \\((?=\\d)${age} ago\\)`, 'g'), '<restarts>'],
  [new RegExp(`(?<=\\s|^)(?<!for )(?=\\d+[ydhms])${age}(?=\\s|$)`, 'gm'), '<age>'],
  [/<invalid>(?=\s|$)/gm, '<age>'],
  [/(?<=\S)[ \t]{2,}/g, '  '],
  [/[ \t]+$/gm, ''],
]

/** The same output of another run of the same command is the same text. */
export function normalise(text: string): string {
  let result = text
  for (const [pattern, replacement] of replacements) result = result.replace(pattern, replacement)
  return result.replace(/\n+$/, '')
}

const vendorSource =
  /,\n *\{\n *"configMap": \{\n *"items": \[\n *\{\n *"key": "service-ca\.crt",\n *"path": "service-ca\.crt"\n *\}\n *\],\n *"name": "openshift-service-ca\.crt"\n *\}\n *\}/g
const vendorExtra = /^.*openshift-service-ca\.crt.*\n(?:\s+(?:ConfigMap)?Optional:.*\n)?/gm

/** What the machine and the client of a recording were: their names and sizes say nothing of the cluster. */
const machineFacts: [RegExp, string][] = [
  [/^(Client Version: v1\.\d+\.)\d+$/gm, '$1<patch>'],
  [/^( *(?:OS Image|Kernel Version|Container Runtime Version): ).*$/gm, '$1<machine>'],
  [/(<ip> {2}<none>) {2}.* {2}containerd:\/\/\S+$/gm, '$1  <machine>'],
  [/^( *memory: +)\d{7,}Ki$/gm, '$1<machine>'],
  [/^( *ephemeral-storage: +)\d{9,}$/gm, '$1<machine>'],
  [/(resourceVersion\\":\\")\d+/g, '$1<revision>'],
]

/** A recording's output, without what its vendor adds to Kubernetes (`reference/README.md`) and what its machine was. */
export function normaliseRecording(text: string): string {
  let result = normalise(`${text}\n`.replace(vendorSource, '').replace(vendorExtra, ''))
  for (const [pattern, replacement] of machineFacts) result = result.replace(pattern, replacement)
  return result
}
