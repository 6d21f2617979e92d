// The settings of a terminal as Linux keeps them: words of bits, control characters, a speed. Pure: the terminal acts
// on them, `stty` shows and changes them.

/** Which word of the settings a flag lies in; the order is that of `stty -a`. */
export const modeWords = ['control', 'input', 'output', 'local'] as const
export type ModeWord = (typeof modeWords)[number]

export interface TerminalModes extends Readonly<Record<ModeWord, number>> {
  /** Codes of the control characters, and the numbers `min` and `time`. */
  readonly chars: Readonly<Record<string, number>>
}

/** One flag: its bits, under which mask, and what `stty sane` makes of it (nothing when it leaves it alone). */
export interface ModeFlag {
  name: string
  word: ModeWord
  bits: number
  mask: number
  sane?: boolean
  /** Whether it has an off state of its own, shown as `-name`. */
  reversible: boolean
}

// Name, bits, and `+` or `-` for what is sane.
const switches: Record<ModeWord, string> = {
  control: 'parenb=100 parodd=200 cmspar=40000000 cs8 hupcl=400 cstopb=40 cread=80+ clocal=800 crtscts=80000000',
  input:
    'ignbrk=1- brkint=2+ ignpar=4 parmrk=8 inpck=10 istrip=20 inlcr=40- igncr=80- icrnl=100+ ixon=400 ixoff=1000- iuclc=200- ixany=800- imaxbel=2000+ iutf8=4000-',
  output: 'opost=1+ olcuc=2- ocrnl=8- onlcr=4+ onocr=10- onlret=20- ofill=40- ofdel=80- nl0 cr0 tab0 bs0 vt0 ff0',
  local:
    'isig=1+ icanon=2+ iexten=8000+ echo=8+ echoe=10+ echok=20+ echonl=40- noflsh=80- xcase=4- tostop=100- echoprt=400- echoctl=200+ echoke=800+ flusho=1000- extproc=10000-',
}

/** Of these a terminal has one at a time: bits and mask. */
const choices: Record<string, [bits: number, mask: number]> = {
  cs8: [0x30, 0x30],
  nl0: [0, 0x100],
  cr0: [0, 0x600],
  tab0: [0, 0x1800],
  bs0: [0, 0x2000],
  vt0: [0, 0x4000],
  ff0: [0, 0x8000],
}

/** All flags in the order of `stty -a`. */
export const modeFlags: readonly ModeFlag[] = modeWords.flatMap((word) =>
  switches[word].split(' ').map((text): ModeFlag => {
    const [, name = '', hex = '0', sane = ''] = /^(\w+?)(?:=([0-9a-f]+)([+-]?))?$/.exec(text) ?? []
    const choice = choices[name]
    if (choice) return { name, word, bits: choice[0], mask: choice[1], sane: true, reversible: false }
    const bits = Number.parseInt(hex, 16)
    return { name, word, bits, mask: bits, ...(sane ? { sane: sane === '+' } : {}), reversible: true }
  }),
)

const byName = new Map(modeFlags.map((flag) => [flag.name, flag]))

/** Finds a flag by its name. */
export const findModeFlag = (name: string) => byName.get(name)

/** Whether a flag is on. */
export function hasMode(modes: TerminalModes, name: string): boolean {
  const flag = byName.get(name)
  return flag !== undefined && ((modes[flag.word] ^ flag.bits) & flag.mask) === 0
}

/** The settings with some flags switched, by name. */
export function withModes(modes: TerminalModes, change: Readonly<Record<string, boolean>>): TerminalModes {
  const next = { ...modes }
  for (const [name, isOn] of Object.entries(change)) {
    const flag = byName.get(name)
    if (flag) next[flag.word] = ((next[flag.word] & ~flag.mask) | (isOn ? flag.bits : 0)) >>> 0
  }
  return next
}

/** The control characters of a terminal that nobody has touched. */
export const saneChars: Readonly<Record<string, number>> = {
  intr: 3,
  quit: 28,
  erase: 127,
  kill: 21,
  eof: 4,
  eol: 0,
  eol2: 0,
  swtch: 0,
  start: 17,
  stop: 19,
  susp: 26,
  rprnt: 18,
  werase: 23,
  lnext: 22,
  flush: 15,
  min: 1,
  time: 0,
}

/** What the kernel gives a new pseudo-terminal. */
export const freshModes: TerminalModes = {
  control: 0xbf,
  input: 0x500,
  output: 0x5,
  local: 0x8a3b,
  chars: saneChars,
}

/** What a line editor sets: every key reaches it at once, and nothing is echoed. */
export const editingModes = (modes: TerminalModes) =>
  withModes(modes, { icanon: false, echo: false, isig: false, icrnl: false })
