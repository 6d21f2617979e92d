// The line between two panels: drag to move, double-click to fold, arrow keys for the keyboard.
import styles from './divider.module.css'

export function Divider(props: {
  direction: 'row' | 'column'
  label: string
  size: number
  onResize(size: number): void
  onFold(): void
}) {
  const vertical = () => props.direction === 'column'

  const handlePointerDown = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const divider = event.currentTarget
    const start = vertical() ? event.clientX : event.clientY
    const size = props.size
    divider.setPointerCapture(event.pointerId)
    const move = (moved: PointerEvent) =>
      props.onResize(vertical() ? size + moved.clientX - start : size - (moved.clientY - start))
    divider.addEventListener('pointermove', move)
    divider.addEventListener('lostpointercapture', () => divider.removeEventListener('pointermove', move), {
      once: true,
    })
  }
  const handleKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -24, ArrowRight: 24, ArrowUp: 24, ArrowDown: -24 }[event.key]
    if (event.key === 'Enter') props.onFold()
    else if (step !== undefined) props.onResize(props.size + step)
    else return
    event.preventDefault()
  }

  return (
    <hr
      class={styles.divider}
      data-direction={props.direction}
      tabindex="0"
      aria-label={props.label}
      aria-orientation={vertical() ? 'vertical' : 'horizontal'}
      aria-valuenow={props.size}
      onPointerDown={handlePointerDown}
      onDblClick={() => props.onFold()}
      onKeyDown={handleKey}
    />
  )
}
