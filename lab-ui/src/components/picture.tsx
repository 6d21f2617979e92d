// The live picture: Ingress → Services → Pods → database, drawn from live objects. The request's path is
// lit until it breaks, and the break says its own symptom.
import type { Picture as PictureState } from '@taskmaster-lab/server/contract'
import { createMemo, For, Show } from 'solid-js'
import { type PlacedEdge, type PlacedNode, placePicture } from '../state/picture-layout.ts'
import styles from './picture.module.css'
import { Shape } from './shape.tsx'

export function Picture(props: { picture: PictureState }) {
  const placed = createMemo(() => placePicture(props.picture))
  return (
    <div class={styles.frame}>
      <Show
        when={placed().nodes.length > 0}
        fallback={<p class={styles.empty}>The picture appears when the cluster has something to show.</p>}
      >
        <div class={styles.canvas} style={{ width: `${placed().width}px`, height: `${placed().height}px` }}>
          <svg class={styles.edges} width={placed().width} height={placed().height} aria-hidden="true">
            <For each={placed().edges}>{(edge) => <EdgeLine edge={edge} />}</For>
          </svg>
          <ul class={styles.nodes} aria-label="Objects on the request's path">
            <For each={placed().nodes}>{(node) => <NodeBox node={node} />}</For>
          </ul>
        </div>
      </Show>
    </div>
  )
}

function EdgeLine(props: { edge: PlacedEdge }) {
  return (
    <g data-tone={props.edge.tone} data-lit={props.edge.lit}>
      <path d={props.edge.path} />
      <Show when={props.edge.label}>
        <text x={props.edge.labelX} y={props.edge.labelY}>
          {props.edge.label}
        </text>
      </Show>
    </g>
  )
}

function NodeBox(props: { node: PlacedNode }) {
  return (
    <li
      class={styles.node}
      data-tone={props.node.tone}
      style={{
        transform: `translate(${props.node.x}px, ${props.node.y}px)`,
        width: `${props.node.width}px`,
        height: `${props.node.height}px`,
      }}
      title={`${props.node.kind} ${props.node.name}`}
    >
      <Shape tone={props.node.tone} />
      <span class={styles.name}>{props.node.name}</span>
      <span class={styles.note}>
        <span class={styles.kind}>{props.node.kind}</span> {props.node.note}
      </span>
    </li>
  )
}
