// Status lines, headers and error pages in BusyBox's words.
import type { JailStat } from '../../fs/jail-fs.ts'

const statuses: Record<number, [reason: string, explanation?: string]> = {
  200: ['OK'],
  206: ['Partial Content'],
  302: ['Found'],
  304: ['Not Modified'],
  400: ['Bad Request', 'Unsupported method'],
  403: ['Forbidden', ''],
  404: ['Not Found', 'The requested URL was not found'],
  408: ['Request Timeout', 'No request appeared within 60 seconds'],
  501: ['Not Implemented', 'The requested method is not recognized'],
}

/** What a head says beside its status. */
export interface HeadDetails {
  /** Absent where the file's name tells nothing. */
  contentType?: string
  location?: string
  range?: { from: number; to: number }
  file?: Pick<JailStat, 'size' | 'mtime'>
}

/** The head of an answer; what is no plain success is HTML. */
export function responseHead(status: number, { contentType, location, range, file }: HeadDetails = {}): string {
  const type = status === 200 ? contentType : (contentType ?? 'text/html')
  const lines = [
    `HTTP/1.1 ${status} ${statuses[status]?.[0] ?? ''}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
    ...(type === undefined ? [] : [`Content-type: ${type}`]),
    ...(location === undefined ? [] : [`Location: ${location}`]),
    ...(range && file ? [`Content-Range: bytes ${range.from}-${range.to}/${file.size}`] : []),
    ...(file ? fileLines(file, range ? range.to - range.from + 1 : file.size) : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

const fileLines = (file: Pick<JailStat, 'size' | 'mtime'>, length: number) => [
  'Accept-Ranges: bytes',
  `Last-Modified: ${file.mtime.toUTCString()}`,
  `ETag: ${entityTag(file)}`,
  `Content-Length: ${length}`,
]

/** What names one state of a file. */
export const entityTag = ({ size, mtime }: Pick<JailStat, 'size' | 'mtime'>) =>
  `"${Math.floor(mtime.getTime() / 1000).toString(16)}-${size.toString(16)}"`

/** The page that explains a failure; nothing for a status that needs none. */
export function errorPage(status: number): string {
  const [reason = '', explanation] = statuses[status] ?? []
  if (explanation === undefined) return ''
  const title = `${status} ${reason}`
  return `<HTML><HEAD><TITLE>${title}</TITLE></HEAD>\n<BODY><H1>${title}</H1>\n${explanation}\n</BODY></HTML>\n`
}

const types: Record<string, string> = {
  'text/plain': 'txt h c cc cpp',
  'text/html': 'htm html',
  'image/jpeg': 'jpg jpeg',
  'image/gif': 'gif',
  'image/png': 'png',
  'image/svg+xml': 'svg',
  'text/css': 'css',
  'application/javascript': 'js',
  'audio/wav': 'wav',
  'video/x-msvideo': 'avi',
  'video/quicktime': 'qt mov',
  'video/mpeg': 'mpe mpeg',
  'audio/midi': 'mid midi',
  'audio/mpeg': 'mp3',
}
const typeByEnding = new Map<string, string>(
  Object.entries(types).flatMap(([type, endings]) => endings.split(' ').map((ending) => [`.${ending}`, type] as const)),
)

/** The type of a file by its ending, the configured ones first. */
export const contentTypeOf = (ending: string, configured: ReadonlyMap<string, string>) =>
  configured.get(ending) ?? typeByEnding.get(ending)
