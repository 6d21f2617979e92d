import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Pod, Service } from '../../objects/types.ts'
import { type Harness, startHarness } from '../testing/harness.ts'
import { makePod, makeService } from '../testing/objects.ts'
import { endpointSliceController } from './endpoint-slice-controller.ts'
import { endpointsController } from './endpoints-controller.ts'

let lab: Harness
beforeEach(() => {
  lab = startHarness([endpointsController, endpointSliceController])
})
afterEach(() => lab.stop())

const running = (name: string, podIP: string, isReady = true, spec: Partial<Pod['spec']> = {}): Pod => ({
  ...makePod(name, { app: 'web' }, { nodeName: 'node-1', ...spec }),
  status: {
    phase: 'Running',
    podIP,
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: '2026-01-01T00:00:07Z' }],
  },
})
const endpoints = () => lab.client.find('Endpoints', { namespace: 'lab', name: 'web' })
const slices = () => lab.client.list('EndpointSlice')
const withService = async (spec: Service['spec'], pods: Pod[]) => {
  lab.client.put(makeService('web', spec))
  for (const pod of pods) lab.client.put(pod)
  await lab.clock.advance(10)
}

describe('the endpoints of a Service', () => {
  it('are the ready pods, with the labels and annotations of upstream', async () => {
    await withService({}, [running('b', '10.42.0.10'), running('a', '10.42.0.9')])
    expect(endpoints()).toMatchObject({
      metadata: {
        labels: { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
        annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:07Z' },
      },
      subsets: [{ addresses: [{ ip: '10.42.0.9' }, { ip: '10.42.0.10' }], ports: [{ port: 80, protocol: 'TCP' }] }],
    })
    expect(slices()).toHaveLength(1)
    expect(slices()[0]).toMatchObject({
      metadata: {
        generateName: 'web-',
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': 'web',
        },
        ownerReferences: [{ kind: 'Service', name: 'web', controller: true, blockOwnerDeletion: true }],
      },
      addressType: 'IPv4',
      endpoints: [
        { addresses: ['10.42.0.9'], conditions: { ready: true, serving: true, terminating: false } },
        { addresses: ['10.42.0.10'] },
      ],
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
    })
  })

  it('do not include pods that are not ready, which Endpoints list apart', async () => {
    await withService({}, [running('a', '10.42.0.9', false)])
    expect(endpoints()?.subsets).toMatchObject([{ notReadyAddresses: [{ ip: '10.42.0.9' }] }])
    expect(endpoints()?.subsets?.[0]?.addresses).toBeUndefined()
    expect(slices()[0]?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: false, terminating: false })
  })

  it('are empty when the selector matches nothing, and come back when it does', async () => {
    await withService({ selector: { app: 'typo' } }, [running('a', '10.42.0.9')])
    expect(endpoints()?.subsets).toBeUndefined()
    expect(slices()).toMatchObject([{ endpoints: [], ports: [] }])
    lab.client.change('Service', { namespace: 'lab', name: 'web' }, ({ spec }) => {
      if (spec) spec.selector = { app: 'web' }
    })
    await lab.clock.advance(10)
    expect(endpoints()?.subsets?.[0]?.addresses).toHaveLength(1)
    expect(slices()).toMatchObject([{ endpoints: [{ addresses: ['10.42.0.9'] }] }])
  })

  it('keep a terminating pod in slices as not ready, and drop it from Endpoints', async () => {
    await withService({}, [running('a', '10.42.0.9')])
    await lab.client.remove('Pod', { namespace: 'lab', name: 'a' })
    await lab.clock.advance(10)
    expect(endpoints()?.subsets).toBeUndefined()
    expect(slices()[0]?.endpoints?.[0]?.conditions).toEqual({ ready: false, serving: true, terminating: true })
  })

  it('resolve a named target port in each pod, and leave out pods without it', async () => {
    const named = { containers: [{ name: 'c', image: 'x', ports: [{ name: 'http', containerPort: 8080 }] }] }
    await withService({ ports: [{ name: 'web', port: 80, targetPort: 'http' }] }, [
      running('a', '10.42.0.9', true, named),
      running('b', '10.42.0.10'),
    ])
    expect(endpoints()?.subsets).toMatchObject([
      { addresses: [{ ip: '10.42.0.9' }], ports: [{ name: 'web', port: 8080, protocol: 'TCP' }] },
    ])
  })

  it('are kept for a headless Service without ports, with host names for its pods', async () => {
    await withService({ clusterIP: 'None', ports: [] }, [
      running('db-0', '10.42.0.9', true, { hostname: 'db-0', subdomain: 'web' }),
    ])
    expect(endpoints()?.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '')
    expect(endpoints()?.subsets).toMatchObject([{ addresses: [{ ip: '10.42.0.9', hostname: 'db-0' }] }])
    expect(slices()[0]?.endpoints?.[0]?.hostname).toBe('db-0')
  })

  it('are left to the user for a Service without a selector', async () => {
    await withService({ selector: {} }, [running('a', '10.42.0.9')])
    expect(endpoints()).toBeUndefined()
    expect(slices()).toEqual([])
  })

  it('go with their Service', async () => {
    await withService({}, [running('a', '10.42.0.9')])
    await lab.client.remove('Service', { namespace: 'lab', name: 'web' })
    await lab.clock.advance(10)
    expect(endpoints()).toBeUndefined()
  })
})
