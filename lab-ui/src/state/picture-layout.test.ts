import type { PictureNode } from '@taskmaster-lab/server/contract'
import { expect, test } from 'vitest'
import { placePicture } from './picture-layout.ts'

const node = (kind: PictureNode['kind'], name: string): PictureNode => ({
  id: `${kind}/${name}`,
  kind,
  name,
  tone: 'ok',
  note: '',
})
const edge = (from: string, to: string) => ({ from, to, label: '', tone: 'ok' as const, lit: true })
const nodes = [
  node('Ingress', 'i'),
  node('Service', 'front'),
  node('Service', 'back'),
  node('Deployment', 'front'),
  node('Deployment', 'back'),
  node('Pod', 'back-1'),
  node('Pod', 'back-2'),
  node('Pod', 'stranger'),
]
const edges = [
  edge('Ingress/i', 'Service/front'),
  edge('Ingress/i', 'Service/back'),
  edge('Service/front', 'Deployment/front'),
  edge('Deployment/back', 'Pod/back-1'),
  edge('Deployment/back', 'Pod/back-2'),
]
const placed = () => Object.fromEntries(placePicture({ nodes, edges }).nodes.map((box) => [box.id, box]))

test('a request goes from left to right, also past a link that is broken', () => {
  const at = placed()
  expect(at['Ingress/i']?.x).toBeLessThan(at['Service/back']?.x ?? 0)
  expect(at['Service/back']?.x).toBeLessThan(at['Deployment/back']?.x ?? 0)
  expect(at['Deployment/front']?.x).toBe(at['Deployment/back']?.x)
})

test('pods are drawn in the box of their Deployment, strangers on their own', () => {
  const at = placed()
  expect(at['Deployment/back']?.pods.map((pod) => pod.name)).toEqual(['back-1', 'back-2'])
  expect(at['Pod/back-1']).toBeUndefined()
  expect(at['Pod/stranger']).toBeDefined()
})

test('boxes do not overlap', () => {
  const boxes = Object.values(placed())
  for (const a of boxes) {
    for (const b of boxes) {
      if (a === b) continue
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
      expect(apart, `${a.id} and ${b.id}`).toBe(true)
    }
  }
})

test('the order in which things arrive does not move them', () => {
  const reversed = placePicture({ nodes: nodes.toReversed(), edges: edges.toReversed() })
  const at = placed()
  for (const { id, x, y } of reversed.nodes) expect({ id, x, y }).toEqual({ id, x: at[id]?.x, y: at[id]?.y })
})

test('an edge to something that is gone is left out, and a circle ends', () => {
  expect(placePicture({ nodes: [node('Service', 's')], edges: [edge('Service/s', 'Pod/gone')] }).edges).toEqual([])
  const circle = [edge('Service/a', 'Service/b'), edge('Service/b', 'Service/a')]
  expect(placePicture({ nodes: [node('Service', 'a'), node('Service', 'b')], edges: circle }).nodes).toHaveLength(2)
})

test('nothing to show takes no room', () => {
  expect(placePicture({ nodes: [], edges: [] })).toEqual({ nodes: [], edges: [], width: 0, height: 0 })
})
