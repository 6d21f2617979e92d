// Where each thing of the live picture stands. The same things always stand in the same place.
import { Graph, layout } from '@dagrejs/dagre'
import type { Picture, PictureEdge, PictureNode } from '@taskmaster-lab/server/contract'

export interface PlacedNode extends PictureNode {
  /** Top left corner and size, in pixels. */
  x: number
  y: number
  width: number
  height: number
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

const nodeWidth = 188
const nodeHeight = 46

/** Places the picture from left to right, in the direction of a request. */
export function placePicture(picture: Picture): PlacedPicture {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 64, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  const known = new Set(picture.nodes.map((node) => node.id))
  // The order of insertion decides between equal layouts: sorted, a new pod does not turn the picture over.
  for (const node of picture.nodes.toSorted((a, b) => a.id.localeCompare(b.id)))
    graph.setNode(node.id, { width: nodeWidth, height: nodeHeight })
  const edges = picture.edges.filter((edge) => known.has(edge.from) && known.has(edge.to))
  for (const edge of edges)
    graph.setEdge(edge.from, edge.to, { width: edge.label.length * 7, height: 14, labelpos: 'c' }, edge.label || '-')
  layout(graph)

  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const nodes = picture.nodes.map((node) => {
    const { x, y } = graph.node(node.id) as { x: number; y: number }
    return { ...node, x: x - nodeWidth / 2, y: y - nodeHeight / 2, width: nodeWidth, height: nodeHeight }
  })
  const placed = new Map(nodes.map((node) => [node.id, node]))
  return { nodes, width, height, edges: edges.flatMap((edge) => placeEdge(edge, placed)) }
}

function placeEdge(edge: PictureEdge, nodes: Map<string, PlacedNode>): PlacedEdge[] {
  const from = nodes.get(edge.from)
  const to = nodes.get(edge.to)
  if (!from || !to) return []
  const x1 = from.x + from.width
  const y1 = from.y + from.height / 2
  const x2 = to.x
  const y2 = to.y + to.height / 2
  const bend = Math.max(24, (x2 - x1) / 2)
  return [
    {
      ...edge,
      path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      labelX: (x1 + x2) / 2,
      labelY: (y1 + y2) / 2 - 5,
    },
  ]
}
