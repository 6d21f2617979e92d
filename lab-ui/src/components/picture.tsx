// The live picture: Ingress → Services → Deployments with their pods → database, drawn from live objects. The
// request's path is lit until it breaks, and the break says its own symptom.
import type { PictureNode, Picture as PictureState } from '@taskmaster-lab/server/contract'
import { createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js'
import { type PlacedEdge, type PlacedNode, placePicture } from '../state/picture-layout.ts'
import styles from './picture.module.css'
import { Shape } from './shape.tsx'

const smallest = 0.62
/** Kinds whose name leaves no room for what is to say, by kubectl's short name. */
const shortKinds: Partial<Record<PictureNode['kind'], string>> = { PersistentVolumeClaim: 'PVC' }

export function Picture(props: { picture: PictureState }) {
  let frame!: HTMLDivElement
  const [room, setRoom] = createSignal({ width: 0, height: 0 })
  const placed = createMemo(() => placePicture(props.picture))
  // Drawn as large as it fits; below a readable size it scrolls instead.
  const scale = () => {
    const { width, height } = placed()
    if (width === 0 || room().width === 0) return 1
    return Math.max(smallest, Math.min(1, room().width / width, room().height / height))
  }
  onMount(() => {
    const observer = new ResizeObserver(() => setRoom({ width: frame.clientWidth, height: frame.clientHeight }))
    observer.observe(frame)
    onCleanup(() => observer.disconnect())
  })

  return (
    <div class={styles.frame} ref={frame}>
      <Show
        when={placed().nodes.length > 0}
        fallback={<p class={styles.empty}>The picture appears when the cluster has something to show.</p>}
      >
        <div
          class={styles.room}
          style={{ width: `${placed().width * scale()}px`, height: `${placed().height * scale()}px` }}
        >
          <div
            class={styles.canvas}
            style={{
              width: `${placed().width}px`,
              height: `${placed().height}px`,
              transform: `scale(${scale()})`,
            }}
          >
            <svg class={styles.edges} width={placed().width} height={placed().height} aria-hidden="true">
              <For each={placed().edges}>{(edge) => <EdgeLine edge={edge} />}</For>
            </svg>
            <ul class={styles.nodes} aria-label="Objects on the request's path">
              <For each={placed().nodes}>{(node) => <Box node={node} />}</For>
            </ul>
          </div>
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

function Box(props: { node: PlacedNode }) {
  return (
    <li
      class={styles.node}
      data-tone={props.node.tone}
      style={{
        transform: `translate(${props.node.x}px, ${props.node.y}px)`,
        width: `${props.node.width}px`,
        height: `${props.node.height}px`,
      }}
    >
      <div class={styles.head} title={`${props.node.kind} ${props.node.name}`}>
        <Shape tone={props.node.tone} />
        <span class={styles.name}>{props.node.name}</span>
        <span class={styles.note}>
          <span class={styles.kind}>{shortKinds[props.node.kind] ?? props.node.kind}</span> {props.node.note}
        </span>
      </div>
      <ul>
        <For each={props.node.pods}>{(pod) => <PodRow pod={pod} />}</For>
      </ul>
    </li>
  )
}

/** A pod by the end of its name: the beginning is its Deployment's. */
function PodRow(props: { pod: PictureNode }) {
  return (
    <li class={styles.pod} data-tone={props.pod.tone} title={`Pod ${props.pod.name}: ${props.pod.note}`}>
      <Shape tone={props.pod.tone} />
      <span class={styles.suffix}>{props.pod.name.split('-').at(-1)}</span>
      <span class={styles.podNote}>{props.pod.note}</span>
    </li>
  )
}
