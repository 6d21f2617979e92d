import { expect, test } from 'vitest'
import { placePicture } from './picture-layout.ts'

const node = (id: string) => ({ id, kind: 'Pod' as const, name: id, tone: 'ok' as const, note: '' })
const edge = (from: string, to: string) => ({ from, to, label: '', tone: 'ok' as const, lit: true })

test('a request goes from left to right and nothing overlaps', () => {
  const { nodes } = placePicture({
    nodes: [node('ingress'), node('svc'), node('pod-a'), node('pod-b')],
    edges: [edge('ingress', 'svc'), edge('svc', 'pod-a'), edge('svc', 'pod-b')],
  })
  const at = Object.fromEntries(nodes.map((placed) => [placed.id, placed]))
  expect(at.ingress?.x).toBeLessThan(at.svc?.x ?? 0)
  expect(at.svc?.x).toBeLessThan(at['pod-a']?.x ?? 0)
  expect(Math.abs((at['pod-a']?.y ?? 0) - (at['pod-b']?.y ?? 0))).toBeGreaterThanOrEqual(46)
})

test('the order in which things arrive does not move them', () => {
  const nodes = ['ingress', 'svc', 'pod-a', 'pod-b'].map(node)
  const edges = [edge('ingress', 'svc'), edge('svc', 'pod-a'), edge('svc', 'pod-b')]
  const sorted = (picture: ReturnType<typeof placePicture>) =>
    picture.nodes.map(({ id, x, y }) => ({ id, x, y })).toSorted((a, b) => a.id.localeCompare(b.id))
  expect(sorted(placePicture({ nodes, edges }))).toEqual(sorted(placePicture({ nodes: nodes.toReversed(), edges })))
})

test('an edge to something that is gone is left out', () => {
  expect(placePicture({ nodes: [node('svc')], edges: [edge('svc', 'gone')] }).edges).toEqual([])
})
