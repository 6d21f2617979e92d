// The keys of a terminal, one character each: what a key sends as a sequence becomes a character of the private range.

/** Keys that have no character of their own. */
export const special = {
  up: '\ue000',
  down: '\ue001',
  right: '\ue002',
  left: '\ue003',
  home: '\ue004',
  end: '\ue005',
  pageUp: '\ue006',
  pageDown: '\ue007',
  delete: '\ue008',
  insert: '\ue009',
} as const

export const escapeKey = '\x1b'

const sequences: Record<string, string> = {
  A: special.up,
  B: special.down,
  C: special.right,
  D: special.left,
  H: special.home,
  F: special.end,
  '1~': special.home,
  '7~': special.home,
  '2~': special.insert,
  '3~': special.delete,
  '4~': special.end,
  '8~': special.end,
  '5~': special.pageUp,
  '6~': special.pageDown,
}

const pattern = new RegExp(`${escapeKey}[[O]([A-H]|[1-8]~)|[\\s\\S]`, 'gu')

/** Whether a key is a character that can be typed into a text. */
export const isTypeable = (key: string) =>
  key === '\t' || (key >= ' ' && key !== '\x7f' && !/[\ue000-\uf8ff]/.test(key))

/** The keys in what a terminal sent. A lone escape, or one before anything else, is the key itself. */
export function readKeys(text: string): string[] {
  return [...text.matchAll(pattern)].map(([whole, name]) =>
    name === undefined ? whole : (sequences[name] ?? escapeKey),
  )
}
