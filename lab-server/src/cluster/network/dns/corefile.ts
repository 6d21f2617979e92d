// Reads from CoreDNS's Corefile what changes answers: `template` and `hosts` blocks. The rest is fixed.
import { compilePattern } from '../../linear-pattern.ts'
import { type Response, type ResponseCode, typeNumbers } from './message.ts'

/** A rule of the Corefile that answers in place of the cluster's names. */
export interface CorefileRule {
  /** Undefined when the rule does not concern the name. */
  answer(name: string, type: number): Response | undefined
}

interface Block {
  head: string[]
  lines: string[][]
}

/** Parses a Corefile; what it does not know it leaves out. */
export function parseCorefile(text: string): CorefileRule[] {
  return readBlocks(text).flatMap((block) => {
    if (block.head[0] === 'template') return [templateRule(block)]
    if (block.head[0] === 'hosts') return [hostsRule(block)]
    return []
  })
}

/** All blocks below the servers, in order. */
function readBlocks(text: string): Block[] {
  const blocks: Block[] = []
  const open: Block[] = []
  for (const raw of text.split('\n')) {
    const words = (raw.replace(/(^|\s)#.*/, '').match(/"[^"]*"|\S+/g) ?? []).map((word) =>
      word.replace(/^"(.*)"$/, '$1'),
    )
    if (words.length === 0) continue
    if (words[0] === '}') {
      const closed = open.pop()
      if (closed && open.length > 0) blocks.push(closed)
    } else if (words.at(-1) === '{') {
      open.push({ head: words.slice(0, -1), lines: [] })
    } else {
      open.at(-1)?.lines.push(words)
    }
  }
  return blocks
}

/** `template IN A zone { match REGEX; rcode NXDOMAIN; answer "{{ .Name }} 60 IN A 1.2.3.4" }` */
function templateRule({ head, lines }: Block): CorefileRule {
  const [, , type = 'ANY', ...zones] = head
  const values = (keyword: string) => lines.filter(([first]) => first === keyword).map(([, ...rest]) => rest.join(' '))
  const patterns = values('match').flatMap((pattern) => compilePattern(pattern) ?? [])
  const code = (values('rcode')[0] ?? 'NOERROR') as ResponseCode
  const addresses = values('answer').flatMap((answer) => /\sIN\s+A\s+([\d.]+)/.exec(answer)?.[1] ?? [])
  return {
    answer(name, asked) {
      const isType =
        type === 'ANY' || Object.entries(typeNumbers).some(([key, number]) => key === type && number === asked)
      const isZone = zones.length === 0 || zones.some((zone) => isBelow(name, zone))
      const isMatch = patterns.length === 0 || patterns.some((pattern) => pattern.test(`${name}.`))
      if (!isType || !isZone || !isMatch) return undefined
      return { code, answers: addresses.map((address) => ({ name, ttl: 60, type: 'A', address })) }
    },
  }
}

/** `hosts { 1.2.3.4 name; fallthrough }` */
function hostsRule({ lines }: Block): CorefileRule {
  const fallsThrough = lines.some(([first]) => first === 'fallthrough')
  return {
    answer(name, asked) {
      const found = lines.filter(([ip = '', ...names]) => /^\d+\.\d+\.\d+\.\d+$/.test(ip) && names.includes(name))
      if (found.length > 0 && asked === typeNumbers.A) {
        return { code: 'NOERROR', answers: found.map(([address = '']) => ({ name, ttl: 3600, type: 'A', address })) }
      }
      return fallsThrough || found.length > 0 ? undefined : { code: 'NXDOMAIN', answers: [] }
    },
  }
}

function isBelow(name: string, zone: string): boolean {
  const bare = zone.replace(/\.$/, '')
  return bare === '' || name === bare || name.endsWith(`.${bare}`)
}
