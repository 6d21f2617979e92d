// Sizes of the attempt page's panels: dragged, folded, remembered.
import { createStore } from 'solid-js/store'

export interface PanelSizes {
  /** Width of the side panel and height of the dock, in pixels. */
  side: number
  dock: number
  sideFolded: boolean
  dockFolded: boolean
}

const key = 'lab-panels'
const usual: PanelSizes = { side: 336, dock: 290, sideFolded: false, dockFolded: false }
const limits = { side: [240, 560], dock: [140, 640] } as const

/** Reads kept sizes, ignoring what makes no sense. */
export function parseSizes(text: string | null): PanelSizes {
  try {
    const kept = JSON.parse(text ?? '{}') as Partial<PanelSizes>
    return {
      side: clampSize('side', kept.side ?? usual.side),
      dock: clampSize('dock', kept.dock ?? usual.dock),
      sideFolded: kept.sideFolded === true,
      dockFolded: kept.dockFolded === true,
    }
  } catch {
    return usual
  }
}

/** Keeps a panel between what is useful and what leaves room for the terminal. */
export function clampSize(panel: 'side' | 'dock', size: number): number {
  const [least, most] = limits[panel]
  return Number.isFinite(size) ? Math.round(Math.min(most, Math.max(least, size))) : usual[panel]
}

/** The sizes as a store, and how to change them; kept in the browser. */
export function createPanels(): [
  PanelSizes,
  { resize(panel: 'side' | 'dock', size: number): void; fold(panel: 'side' | 'dock'): void },
] {
  const [sizes, setSizes] = createStore(parseSizes(localStorage.getItem(key)))
  const keep = () => localStorage.setItem(key, JSON.stringify(sizes))
  return [
    sizes,
    {
      resize(panel, size) {
        setSizes(panel, clampSize(panel, size))
        setSizes(`${panel}Folded`, false)
        keep()
      },
      fold(panel) {
        setSizes(`${panel}Folded`, (folded) => !folded)
        keep()
      },
    },
  ]
}
