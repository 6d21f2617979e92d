import type { KillResult } from '../protocol.ts'

const words: Record<string, string> = {
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  EINVAL: 'Invalid argument',
  ELOOP: 'Symbolic link loop',
  ENOSPC: 'No space left on device',
  ENAMETOOLONG: 'File name too long',
  ECONNREFUSED: 'Connection refused',
  ECONNRESET: 'Connection reset by peer',
  EHOSTUNREACH: 'No route to host',
  ENETUNREACH: 'Network is unreachable',
  ETIMEDOUT: 'Connection timed out',
  EPIPE: 'Broken pipe',
  EADDRINUSE: 'Address already in use',
  ENOTTY: 'Inappropriate ioctl for device',
  ENXIO: 'No such device or address',
}

/** What the C library says about an error: `No such file or directory`. */
export function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return (code && words[code]) || message || String(error)
}

/** Why a signal reached nobody; undefined when it did. */
export function killProblem(result: KillResult): string | undefined {
  if (result === 'sent') return undefined
  return result === 'not-permitted' ? 'Operation not permitted' : 'No such process'
}
