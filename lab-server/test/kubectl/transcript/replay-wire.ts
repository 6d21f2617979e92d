// Repeats the plain HTTP requests of `kinds/wire.txt`, whose titles say what was asked, and compares every line of the answers.
import { request } from 'node:https'
import { parse } from 'yaml'
import { differingLines, type Likeness, likeness } from './compare.ts'
import { normaliseRecording } from './normalise.ts'

/** One request: the administrator's unless it carries a token, or none for nobody at all. */
interface WireRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  path: string
  headers?: Record<string, string>
  body?: string
  isAnonymous?: boolean
  /** A watch, which is cut after a while. */
  isWatch?: boolean
}

const maps = '/api/v1/namespaces/watchref/configmaps'
const initial = `${maps}?watch=true&sendInitialEvents=true`
const jsonPatch = (body: unknown): WireRequest => ({
  method: 'PATCH',
  path: `${maps}/one`,
  headers: { 'content-type': 'application/json-patch+json' },
  body: JSON.stringify(body),
})
const configMap = (name: string, more: object = {}) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } })

/** The requests behind each title of the recording. What it has no answer to is left out. */
const requests: Record<string, WireRequest[]> = {
  [`GET ${initial}&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true (two seconds)`]: [
    { path: `${initial}&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`, isWatch: true },
  ],
  'the same, as Table': [
    {
      path: `${initial}&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
      isWatch: true,
    },
  ],
  'sendInitialEvents without resourceVersionMatch': [{ path: initial }],
  'watch=true without a resourceVersion: ADDED for what exists': [{ path: `${maps}?watch=true`, isWatch: true }],
  'resourceVersion in the future': [{ path: `${maps}?resourceVersion=99999999` }],
  'bad field selector': [{ path: `${maps}?fieldSelector=data.a%3Db` }],
  'bad label selector': [{ path: `${maps}?labelSelector=a%3D%3D%3Db` }],
  'wrong content type for a patch': [
    { method: 'PATCH', path: `${maps}/one`, headers: { 'content-type': 'text/plain' }, body: '{}' },
  ],
  'json patch: failed test, missing path, not an array': [
    jsonPatch([{ op: 'test', path: '/data/a', value: 'other' }]),
    jsonPatch([{ op: 'replace', path: '/data/missing', value: 'x' }]),
    jsonPatch({ op: 'replace', path: '/data/a', value: 'x' }),
    jsonPatch([{ op: 'remove', path: '/nothing/here' }]),
  ],
  'no token': [{ path: '/api/v1/namespaces', isAnonymous: true }],
  'bad token': [{ path: '/api/v1/namespaces', isAnonymous: true, headers: { authorization: 'Bearer nonsense' } }],
  'body is not JSON': [{ method: 'POST', path: maps, body: '{' }],
  'wrong kind in the body': [
    { method: 'POST', path: maps, body: '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"}}' },
  ],
  'name in the body differs from the path': [{ method: 'PUT', path: `${maps}/one`, body: configMap('two') }],
  'stale resourceVersion in an update': [
    { method: 'PUT', path: `${maps}/one`, body: configMap('one', { resourceVersion: '1' }) },
  ],
  'strict field validation: unknown and duplicate fields': [
    {
      method: 'POST',
      path: `${maps}?fieldValidation=Strict`,
      body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"strict","nmae":"x"},"dta":{},"data":{"a":"1","a":"2"}}',
    },
  ],
  'method not allowed': [{ method: 'POST', path: `${maps}/one`, body: configMap('one') }],
}

/** An answer of the recording repeated, and how alike it is. */
export interface ReplayedRequest {
  title: string
  likeness: Likeness
  differences: string[]
}

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[]
}

const watchMs = 3000

function ask(kubeconfig: Kubeconfig, { method = 'GET', path, headers, body, ...more }: WireRequest): Promise<string> {
  const decode = (text = '') => Buffer.from(text, 'base64')
  const cluster = kubeconfig.clusters[0]?.cluster
  const user = more.isAnonymous ? undefined : kubeconfig.users[0]?.user
  return new Promise((resolve, reject) => {
    const sent = request(
      `${cluster?.server}${path}`,
      {
        method,
        agent: false,
        ca: decode(cluster?.['certificate-authority-data']),
        ...(user ? { cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']) } : {}),
        headers: {
          accept: 'application/json',
          'user-agent': 'curl/7.88.1',
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
      },
      (response) => {
        let text = ''
        const finish = () => resolve(text)
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', finish)
        if (!more.isWatch) return
        response.on('error', finish)
        setTimeout(() => {
          finish()
          response.destroy()
        }, watchMs)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Errors are as they were printed. Of a watch's events, each a line, the fields are lines in alphabetical order; the vendor's own are left out. */
function fieldLines(text: string): string {
  if (!text.startsWith('{"type"')) return text
  return text
    .split('\n')
    .filter((value) => value && !value.includes('openshift'))
    .map((value) => JSON.stringify(JSON.parse(value), (_key, inner) => sorted(inner), 1))
    .join('\n')
}

function sorted(value: unknown): unknown {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const comparable = (text: string) =>
  normaliseRecording(fieldLines(text))
    .replaceAll(/"ca.crt": ".*"/g, '"ca.crt": "<certificate>"')
    .replaceAll(/current: \d+/g, 'current: <revision>')
    .replaceAll(/^ *"\d+s",?$/gm, '<age>')

/** Repeats every request that has a recorded answer; the ConfigMap `one` of the namespace `watchref` must exist. */
export async function replayWire(kubeconfigText: string, recording: string): Promise<ReplayedRequest[]> {
  const kubeconfig = parse(kubeconfigText) as Kubeconfig
  const replayed: ReplayedRequest[] = []
  for (const part of recording.split(/^# /m).filter(Boolean)) {
    const [title = ''] = part.split('\n', 1)
    const recorded = part.slice(title.length + 1).trim()
    if (!recorded) continue
    const answers: string[] = []
    for (const one of requests[title] ?? []) answers.push((await ask(kubeconfig, one)).trim())
    const [expected, actual] = [comparable(recorded), comparable(answers.join('\n'))]
    replayed.push({ title, likeness: likeness(expected, actual), differences: differingLines(expected, actual) })
  }
  return replayed
}
