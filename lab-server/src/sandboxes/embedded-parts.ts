// The lab's image leaves out what only embedded clusters load: whoever asks for one there is told.
import { ConfigError } from '../config.ts'

/** One of the packages that embedded clusters need and nothing else does. */
const sign = 'just-bash'

/** Throws a ConfigError where this installation cannot run embedded clusters. */
export function requireEmbeddedParts(resolve: (name: string) => unknown = import.meta.resolve): void {
  try {
    resolve(sign)
  } catch {
    throw new ConfigError(
      'This installation has no embedded clusters: what only they need is left out of the image of the lab. Set LAB_CLUSTER=kubeconfig and KUBECONFIG, or run the lab from its repository with npm start.',
    )
  }
}
