import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { object, startTestServer, type TestServer } from '../apiserver/testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const asTable = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }

async function printed(path: string, sent: object): Promise<unknown[]> {
  const created = await server.call('POST', path, { body: sent })
  expect(created.body).toMatchObject({ metadata: { uid: expect.any(String) } })
  const { body } = await server.call('GET', `${path}/${created.body.metadata.name}`, { headers: asTable })
  return body.rows[0].cells
}

describe('kinds that nothing acts on', () => {
  const flow = '/apis/flowcontrol.apiserver.k8s.io/v1'
  const devices = '/apis/resource.k8s.io/v1'
  const networking = '/apis/networking.k8s.io/v1'
  const device = { deviceClassName: 'gpu' }

  it.each([
    [
      `${flow}/flowschemas`,
      object('', '', { name: 'mine' }, { spec: { priorityLevelConfiguration: { name: 'exempt' } } }),
      ['mine', 'exempt', '1000', '<none>', '0s', '?'],
    ],
    [
      `${flow}/prioritylevelconfigurations`,
      object(
        '',
        '',
        { name: 'mine' },
        { spec: { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } } },
      ),
      ['mine', 'Limited', '30', '64', '8', '50', '0s'],
    ],
    [`${devices}/deviceclasses`, object('', '', { name: 'gpu' }, { spec: {} }), ['gpu', '0s']],
    [
      `${devices}/namespaces/test/resourceclaims`,
      object('', '', { name: 'one' }, { spec: { devices: { requests: [{ name: 'a', exactly: device }] } } }),
      ['one', 'pending', '0s'],
    ],
    [
      `${devices}/namespaces/test/resourceclaimtemplates`,
      object('', '', { name: 'one' }, { spec: { spec: { devices: { requests: [{ name: 'a', exactly: device }] } } } }),
      ['one', '0s'],
    ],
    [
      `${devices}/resourceslices`,
      object(
        '',
        '',
        { name: 'one' },
        { spec: { driver: 'a.b', nodeName: 'node-1', pool: { name: 'p', generation: 1, resourceSliceCount: 1 } } },
      ),
      ['one', 'node-1', 'a.b', 'p', '0s'],
    ],
    [
      `${networking}/ipaddresses`,
      object(
        '',
        '',
        { name: '10.0.0.9' },
        { spec: { parentRef: { resource: 'services', namespace: 'default', name: 'kubernetes' } } },
      ),
      ['10.0.0.9', 'services/default/kubernetes'],
    ],
    [
      `${networking}/servicecidrs`,
      object('', '', { name: 'more' }, { spec: { cidrs: ['10.9.0.0/24'] } }),
      ['more', '10.9.0.0/24', '0s'],
    ],
  ])('%s are kept and printed as upstream prints them', async (path, { metadata, spec }, cells) => {
    expect(await printed(path, { metadata, spec })).toEqual(
      cells.map((cell) => (cell === '0s' ? expect.any(String) : cell)),
    )
  })

  it.each([
    [
      `${flow}/flowschemas`,
      {},
      'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
    ],
    [
      `${networking}/servicecidrs`,
      { cidrs: ['10.9.0.0'] },
      'spec.cidrs[0]: Invalid value: "10.9.0.0": must be a valid CIDR',
    ],
    [`${networking}/ipaddresses`, {}, 'metadata.name: Invalid value: "wrong": must be a valid IP address'],
    [
      `${devices}/namespaces/test/resourceclaims`,
      { devices: { requests: [{ name: 'a', exactly: {} }] } },
      'spec.devices.requests[0].exactly.deviceClassName: Required value',
    ],
  ])('%s refuse %j', async (path, spec, why) => {
    const { code, body } = await server.call('POST', path, { body: { metadata: { name: 'wrong' }, spec } })
    expect(code).toBe(422)
    expect(body.message).toContain(why)
  })
})
