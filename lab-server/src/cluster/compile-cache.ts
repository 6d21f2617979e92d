// Where Node keeps compiled code, if whoever started this process asked it to.
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

/** The folder; below it each version of Node has its own. */
export function compileCacheFolder(): string | undefined {
  const ofThisNode = getCompileCacheDir()
  return ofThisNode === undefined ? undefined : dirname(ofThisNode)
}

/** What another Node process needs in its environment to keep compiled code in the same place. */
export function compileCacheEnv(): Record<string, string> {
  const folder = compileCacheFolder()
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
