// What a program of the host says of its files, in the words of its container: a log has no paths of this machine.

/** A path of the host, and what the container calls it; the container's root is the empty text. */
export type PathName = [hostPath: string, containerPath: string]

/** Makes a function that puts container paths for host paths into what a program writes. */
export function makePathTranslator(names: PathName[]): (chunk: Buffer) => Buffer {
  // Latin-1 keeps every byte; the deepest path wins.
  const known = names
    .filter(([host]) => host.length > 1)
    .map(([host, container]) => ({ host: Buffer.from(host).toString('latin1'), bytes: Buffer.from(host), container }))
    .sort((a, b) => b.host.length - a.host.length)
  return (chunk) => {
    if (!known.some(({ bytes }) => chunk.includes(bytes))) return chunk
    let text = chunk.toString('latin1')
    for (const { host, container } of known) text = replacePath(text, host, Buffer.from(container).toString('latin1'))
    return Buffer.from(text, 'latin1')
  }
}

function replacePath(text: string, host: string, container: string): string {
  let result = ''
  let from = 0
  for (let at = text.indexOf(host); at >= 0; at = text.indexOf(host, from)) {
    const end = at + host.length
    const next = text[end] ?? ''
    const isWhole = !/[\w.-]/.test(next)
    const shown = container === '' && next !== '/' ? '/' : container
    result += text.slice(from, at) + (isWhole ? shown : host)
    from = end
  }
  return result + text.slice(from)
}
