import { expect, test } from 'vitest'
import { newContainerRecord } from '../container-state.ts'
import type { PodContainer } from '../pod-containers.ts'
import { containerStatus } from './container-status.ts'

test('a container that was never created holds no resources yet', () => {
  const requests = { cpu: '200m' }
  const container = {
    name: 'c',
    role: 'main',
    spec: { name: 'c', image: 'i', resources: { requests } },
  } as unknown as PodContainer
  const record = newContainerRecord('CreateContainerConfigError')
  const before = containerStatus(container, record)
  expect(before).not.toHaveProperty('resources')
  expect(before).not.toHaveProperty('allocatedResources')
  const after = containerStatus(container, { ...record, containerId: 'containerd://e1' })
  expect(after).toMatchObject({ resources: { requests }, allocatedResources: requests })
})
