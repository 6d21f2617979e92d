// Patches, apply and field managers through real kubectl, with exact messages. `TEST_KUBECONFIG` names another cluster
// to hold to the same account; without it the API server of this tree is started.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiServer } from '../../src/cluster/apiserver/start-api-server.ts'
import { makeClock } from '../../src/cluster/clock.ts'
import { kubectls } from './kubectls.ts'
import { keepKubeconfig, type Outcome, run } from './real-kubectl.ts'

const stops: (() => unknown)[] = []
let kubeconfig = process.env.TEST_KUBECONFIG ?? ''

beforeAll(async () => {
  if (kubeconfig) return
  const server = await startApiServer({ clock: makeClock() })
  const file = keepKubeconfig(server.kubeconfig)
  kubeconfig = file.path
  stops.push(() => server.stop(), file.remove)
})

afterAll(async () => {
  for (const stop of stops) await stop()
})

const rejected = 'The request is invalid: the server rejected our request due to an error in our request\n'

// Server-side apply and its conflicts came to kubectl with 1.22.
const modern = kubectls.filter(({ name }) => Number(name.split('.')[1]) >= 22)

it('has a kubectl to test with', () => {
  expect(modern).not.toEqual([])
})

describe.each(modern.map((kubectl, index) => ({ kubectl, name: kubectl.name, namespace: `patches-${index}` })))(
  'kubectl $name',
  ({ kubectl, namespace }) => {
    const kube = (args: string[], input?: string): Promise<Outcome> =>
      run(kubectl, ['-n', namespace, ...args], { kubeconfig, ...(input === undefined ? {} : { input }) })
    const ok = async (args: string[], input?: string): Promise<string> => {
      const { stdout, stderr, exitCode } = await kube(args, input)
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 })
      return stdout
    }
    const managersOf = async (resource: string): Promise<unknown[][]> => {
      const object = JSON.parse(await ok(['get', resource, '-o', 'json', '--show-managed-fields'])) as {
        metadata: { managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1: object }[] }
      }
      return (object.metadata.managedFields ?? []).map((entry) => [entry.manager, entry.operation, entry.fieldsV1])
    }
    const configMap = (name: string, data: Record<string, string>) =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data })

    beforeAll(async () => {
      await ok(['create', 'namespace', namespace])
    })
    afterAll(async () => {
      await kube(['delete', 'namespace', namespace, '--wait=false'])
    })

    it('applies JSON patches whole or not at all', async () => {
      await ok(['create', 'configmap', 'json', '--from-literal=a=1'])
      const patch = (operations: object[]) =>
        kube(['patch', 'configmap', 'json', '--type=json', '-p', JSON.stringify(operations)])
      const replace = { op: 'replace', path: '/data/a', value: '2' }
      expect(await patch([replace, { op: 'test', path: '/data/a', value: '3' }])).toMatchObject({
        stderr: rejected,
        exitCode: 1,
      })
      expect(await patch([{ op: 'add', path: '/nosuch/a', value: '2' }])).toMatchObject({
        stderr: rejected,
        exitCode: 1,
      })
      expect(await ok(['get', 'configmap', 'json', '-o', 'jsonpath={.data}'])).toBe('{"a":"1"}')
      expect(await patch([{ op: 'test', path: '/data/a', value: '1' }, replace])).toMatchObject({
        stdout: 'configmap/json patched\n',
      })
      expect(await ok(['get', 'configmap', 'json', '-o', 'jsonpath={.data}'])).toBe('{"a":"2"}')
    })

    it('merges keyed lists under a strategic patch and replaces lists under a merge patch', async () => {
      await ok(['create', 'service', 'clusterip', 'merge', '--tcp=80:80'])
      const ports = () => ok(['get', 'service', 'merge', '-o', 'jsonpath={.spec.ports}'])
      await ok(['patch', 'service', 'merge', '-p', '{"spec":{"ports":[{"port":80,"targetPort":8080}]}}'])
      expect(JSON.parse(await ports())).toEqual([{ name: '80-80', port: 80, protocol: 'TCP', targetPort: 8080 }])
      await ok(['patch', 'service', 'merge', '--type=merge', '-p', '{"spec":{"ports":[{"port":90}]}}'])
      expect(JSON.parse(await ports())).toEqual([{ port: 90, protocol: 'TCP', targetPort: 90 }])
    })

    it('adds, changes and removes environment variables by name', async () => {
      await ok(['create', 'deployment', 'env', '--image=busybox'])
      const env = () => ok(['get', 'deployment', 'env', '-o', 'jsonpath={.spec.template.spec.containers[0].env}'])
      await ok(['set', 'env', 'deployment/env', 'A=1', 'B=2'])
      await ok(['set', 'env', 'deployment/env', 'B=3', 'A-'])
      expect(JSON.parse(await env())).toEqual([{ name: 'B', value: '3' }])
    })

    it('quotes a patch whose result cannot be', async () => {
      await ok(['create', 'secret', 'generic', 'quoted', '--from-literal=a=1'])
      expect(await kube(['patch', 'secret', 'quoted', '-p', '{"data":{"a":"not base64!"}}'])).toMatchObject({
        stderr:
          'The request is invalid: patch: Invalid value: "map[data:map[a:not base64!]]": ' +
          'error decoding from json: illegal base64 data at input byte 3\n',
        exitCode: 1,
      })
    })

    it('keeps client-side apply idempotent and removes what the manifest drops', async () => {
      await ok(['apply', '-f', '-'], configMap('client', { a: '1', b: '2' }))
      expect(await ok(['apply', '-f', '-'], configMap('client', { a: '1', b: '2' }))).toBe(
        'configmap/client unchanged\n',
      )
      expect(await ok(['apply', '-f', '-'], configMap('client', { a: '1' }))).toBe('configmap/client configured\n')
      expect(await ok(['get', 'configmap', 'client', '-o', 'jsonpath={.data}'])).toBe('{"a":"1"}')
    })

    it('tells conflicts of server-side apply apart by manager, and lets force win', async () => {
      await ok(['create', 'configmap', 'owned', '--from-literal=x=1'])
      const apply = (manager: string, x: string, ...flags: string[]) =>
        kube(['apply', '--server-side', `--field-manager=${manager}`, '-f', '-', ...flags], configMap('owned', { x }))
      const first = await apply('alice', '9')
      expect(first.exitCode).toBe(1)
      expect(first.stderr).toMatch(
        /^error: Apply failed with 1 conflict: conflict with "kubectl-create" using v1: \.data\.x\n/,
      )
      expect(await apply('alice', '9', '--force-conflicts')).toMatchObject({
        stdout: 'configmap/owned serverside-applied\n',
      })
      expect((await apply('bob', '10')).stderr).toMatch(
        /^error: Apply failed with 1 conflict: conflict with "alice": \.data\.x\n/,
      )
      expect(await managersOf('configmap/owned')).toEqual([
        ['alice', 'Apply', { 'f:data': { 'f:x': {} } }],
        ['kubectl-create', 'Update', { 'f:data': {} }],
      ])
    })

    it('moves from client-side to server-side apply without conflicts', async () => {
      await ok(['apply', '-f', '-'], configMap('moved', { a: '1' }))
      expect(await ok(['apply', '--server-side', '-f', '-'], configMap('moved', { a: '2' }))).toBe(
        'configmap/moved serverside-applied\n',
      )
      expect(await ok(['get', 'configmap', 'moved', '-o', 'jsonpath={.data}'])).toBe('{"a":"2"}')
      expect((await managersOf('configmap/moved')).map(([manager, operation]) => [manager, operation])).toContainEqual([
        'kubectl',
        'Apply',
      ])
    })

    it('names the scale subresource among the managers', async () => {
      await ok(['create', 'deployment', 'scaled', '--image=busybox'])
      await ok(['scale', 'deployment/scaled', '--replicas=0'])
      expect(await managersOf('deployment/scaled')).toContainEqual([
        'kubectl',
        'Update',
        { 'f:spec': { 'f:replicas': {} } },
      ])
      const folder = mkdtempSync(join(tmpdir(), 'patches-'))
      const manifest = join(folder, 'scaled.yaml')
      writeFileSync(
        manifest,
        JSON.stringify({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'scaled', namespace },
          spec: { replicas: 3 },
        }),
      )
      const { stderr } = await kube(['apply', '--server-side', '--field-manager=alice', '-f', manifest])
      rmSync(folder, { recursive: true })
      expect(stderr).toMatch(
        /^error: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas\n/,
      )
    })
  },
)
