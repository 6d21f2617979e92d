// `httpd.conf`: the index page and types of files. Its rules for addresses, users, proxies and interpreters are not read.
import { posix } from 'node:path'
import type { JailFs } from '../../fs/jail-fs.ts'
import { ToolFailure } from '../../task.ts'
import { explain } from '../explain.ts'

export interface HttpdConfig {
  indexPage: string
  /** By ending, with its dot. */
  types: ReadonlyMap<string, string>
}

/** Reads the file of `-c`, which must exist, or the usual ones, which may. */
export async function readConfig(fs: JailFs, home: string, file: string | undefined): Promise<HttpdConfig> {
  if (file !== undefined) {
    const text = await fs.readFile(posix.resolve(home, file)).catch((error: unknown) => {
      throw new ToolFailure(`httpd: ${file}: ${explain(error)}`)
    })
    return parseConfig(text)
  }
  for (const path of ['/etc/httpd.conf', posix.join(home, 'httpd.conf')]) {
    const text = await fs.readFile(path).catch(() => undefined)
    if (text !== undefined) return parseConfig(text)
  }
  return parseConfig('')
}

/** Reads the lines that count here. */
export function parseConfig(text: string): HttpdConfig {
  const types = new Map<string, string>()
  let indexPage = 'index.html'
  for (const line of text.split('\n').map((one) => one.replace(/#.*/, '').trim())) {
    const [name = '', value = ''] = line.split(/:(.*)/)
    if (name.startsWith('.') && value !== '') types.set(name, value)
    else if (name.toUpperCase() === 'I' && value !== '') indexPage = value
  }
  return { indexPage, types }
}
