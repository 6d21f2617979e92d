// Node keeps what it compiled of the sources, types stripped, for the next start: loading then takes half the time.
import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { fileURLToPath } from 'node:url'

// Beside the packages, where only who installed the lab may write. What cannot be kept there is compiled each time.
const folder = fileURLToPath(new URL('../../node_modules/.cache/taskmaster-lab', import.meta.url))

/** Makes this process use and keep compiled code, from the next import on. */
export function keepCompiledCode(): void {
  enableCompileCache(folder)
}

/** What another Node process of the lab needs in its environment to do the same from its first import on. */
export function compileCacheEnv(): Record<string, string> {
  const kept = getCompileCacheDir()
  return kept === undefined ? {} : { NODE_COMPILE_CACHE: folder }
}
