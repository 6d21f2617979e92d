// Where each thing of the live picture stands: columns in the direction of a request, pods inside the box of
// their Deployment. The same things always stand in the same place. Pure.
import type { Picture, PictureEdge, PictureNode } from '@taskmaster-lab/server/contract'

export interface PlacedNode extends PictureNode {
  /** Top left corner and size, in pixels. */
  x: number
  y: number
  width: number
  height: number
  /** The Deployment's pods, drawn inside its box. */
  pods: PictureNode[]
}

export interface PlacedEdge extends PictureEdge {
  /** An SVG path. */
  path: string
  labelX: number
  labelY: number
}

export interface PlacedPicture {
  nodes: PlacedNode[]
  edges: PlacedEdge[]
  width: number
  height: number
}

// As narrow as the names of the application allow: the less there is to draw, the larger it is drawn.
const size = { width: 180, head: 44, row: 22, foot: 6, columnGap: 46, rowGap: 16, margin: 10 }
const longestLabel = 6

/** A thing without anyone before it stands no further left than its kind belongs. */
const firstColumn: Record<PictureNode['kind'], number> = {
  Ingress: 0,
  Service: 1,
  Deployment: 2,
  Pod: 2,
  PersistentVolumeClaim: 3,
}

/** Places the picture from left to right. */
export function placePicture(picture: Picture): PlacedPicture {
  const boxes = groupPods(picture)
  const known = new Map(boxes.map((box) => [box.id, box]))
  const edges = picture.edges.filter((edge) => known.has(edge.from) && known.has(edge.to))
  const columns = arrange(boxes, edges)

  const heightOf = (column: PlacedNode[]) =>
    column.reduce((sum, box) => sum + box.height, 0) + size.rowGap * Math.max(0, column.length - 1)
  const tallest = Math.max(0, ...columns.map(heightOf))
  columns.forEach((column, index) => {
    let y = size.margin + (tallest - heightOf(column)) / 2
    for (const box of column) {
      box.x = size.margin + index * (size.width + size.columnGap)
      box.y = y
      y += box.height + size.rowGap
    }
  })
  return {
    nodes: boxes,
    edges: edges.flatMap((edge) => placeEdge(edge, known)),
    width: boxes.length ? 2 * size.margin + columns.length * (size.width + size.columnGap) - size.columnGap : 0,
    height: boxes.length ? tallest + 2 * size.margin : 0,
  }
}

/** Boxes without their places yet: pods with a Deployment go into its box. */
function groupPods({ nodes, edges }: Picture): PlacedNode[] {
  const kinds = new Map(nodes.map((node) => [node.id, node.kind]))
  const ownerOf = new Map(
    edges
      .filter((edge) => kinds.get(edge.to) === 'Pod' && kinds.get(edge.from) === 'Deployment')
      .map((edge) => [edge.to, edge.from]),
  )
  return nodes
    .filter((node) => !ownerOf.has(node.id))
    .map((node) => {
      const pods = nodes
        .filter((pod) => ownerOf.get(pod.id) === node.id)
        .toSorted((a, b) => a.name.localeCompare(b.name))
      const height = size.head + (pods.length > 0 ? pods.length * size.row + size.foot : 0)
      return { ...node, pods, x: 0, y: 0, width: size.width, height }
    })
}

/** The boxes by column: after whoever leads to them, and beside their neighbours' height. */
function arrange(boxes: PlacedNode[], edges: PictureEdge[]): PlacedNode[][] {
  const column = new Map(boxes.map((box) => [box.id, firstColumn[box.kind]]))
  // As many rounds as boxes are enough without a circle, and an end with one.
  for (let round = 0; round < boxes.length; round++) {
    for (const { from, to } of edges) {
      column.set(to, Math.max(column.get(to) ?? 0, Math.min((column.get(from) ?? 0) + 1, boxes.length)))
    }
  }
  const columns: PlacedNode[][] = Array.from({ length: Math.max(-1, ...column.values()) + 1 }, () => [])
  for (const box of boxes.toSorted((a, b) => a.id.localeCompare(b.id))) columns[column.get(box.id) ?? 0]?.push(box)
  const filled = columns.filter((boxesOfColumn) => boxesOfColumn.length > 0)

  const order = new Map<string, number>()
  for (const boxesOfColumn of filled) {
    const before = (box: PlacedNode) => {
      const places = edges.filter((edge) => edge.to === box.id).flatMap((edge) => order.get(edge.from) ?? [])
      return places.length > 0 ? places.reduce((sum, place) => sum + place, 0) / places.length : 0.5
    }
    boxesOfColumn.sort((a, b) => before(a) - before(b) || a.id.localeCompare(b.id))
    for (const [index, box] of boxesOfColumn.entries()) order.set(box.id, (index + 1) / (boxesOfColumn.length + 1))
  }
  return filled
}

function placeEdge(edge: PictureEdge, boxes: Map<string, PlacedNode>): PlacedEdge[] {
  const from = boxes.get(edge.from)
  const to = boxes.get(edge.to)
  if (!from || !to) return []
  const x1 = from.x + from.width
  const y1 = from.y + Math.min(from.height, size.head) / 2
  const x2 = to.x
  const y2 = to.y + Math.min(to.height, size.head) / 2
  const bend = Math.max(24, Math.abs(x2 - x1) / 2)
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
  // A label longer than the gap would lie on the boxes.
  const label = edge.label.length > longestLabel ? '' : edge.label
  return [{ ...edge, label, path, labelX: (x1 + x2) / 2, labelY: (y1 + y2) / 2 - 6 }]
}
