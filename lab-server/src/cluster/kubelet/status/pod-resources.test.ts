import { expect, it } from 'vitest'
import type { Container, Pod } from '../../objects/types.ts'
import { podResources } from './pod-resources.ts'

const container = (name: string, requests: Record<string, string>, change: Partial<Container> = {}): Container => ({
  name,
  resources: { requests },
  ...change,
})
const pod = (containers: Container[], initContainers: Container[] = []): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers, initContainers },
})

it('adds what runs together, and takes an init container that needs more', () => {
  const mains = [container('a', { cpu: '200m', memory: '256Mi' }), container('b', { cpu: '1', memory: '1Gi' })]
  const sidecar = container('side', { cpu: '300m' }, { restartPolicy: 'Always' })
  const init = container('init', { cpu: '100m', memory: '2Gi' })
  expect(podResources(pod(mains, [sidecar, init]))).toEqual({ requests: { cpu: '1500m', memory: '2Gi' } })
})

it('leaves a single amount as it was written', () => {
  expect(podResources(pod([container('a', { cpu: '0.5', memory: '1024Mi' })]))).toEqual({
    requests: { cpu: '0.5', memory: '1024Mi' },
  })
})

it('takes a limit for a request that is not there', () => {
  const limited = { name: 'a', resources: { limits: { memory: '20Mi' } } }
  expect(podResources(pod([limited]))).toEqual({ limits: { memory: '20Mi' }, requests: { memory: '20Mi' } })
})
