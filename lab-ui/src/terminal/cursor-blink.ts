// Makes the cursor blink by a timer. xterm does it by a CSS animation, for which a browser draws frame after frame, also
// while nothing changes: every echo waited for two of them, three times as long as without.

/** How long the cursor is shown, and then hidden. */
const halfMs = 600

interface Blinking {
  /** Where `data-cursor="hidden"` comes and goes; terminal.module.css makes the cursor follow. */
  element: { dataset: DOMStringMap }
  /** Calls back whenever the cursor moves; ends with what it returns. */
  onCursorMove(callback: () => void): { dispose(): void }
}

/** Starts to blink; a cursor that moves is shown. Returns what ends it and leaves the cursor shown. */
export function blinkCursor({ element, onCursorMove }: Blinking): () => void {
  let hasMoved = false
  const show = () => delete element.dataset.cursor
  const moves = onCursorMove(() => {
    hasMoved = true
    show()
  })
  const timer = setInterval(() => {
    if (hasMoved || element.dataset.cursor) show()
    else element.dataset.cursor = 'hidden'
    hasMoved = false
  }, halfMs)
  return () => {
    clearInterval(timer)
    moves.dispose()
    show()
  }
}
