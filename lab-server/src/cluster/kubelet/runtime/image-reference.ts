// How a container runtime reads an image reference. Knows nothing of which images exist.

/** The parts of an image reference after the defaults of a container runtime were filled in. */
export interface ImageReference {
  /** `docker.io/library/busybox` */
  repository: string
  /** `1.36`, or undefined when only a digest was given. */
  tag?: string
  /** `sha256:…` */
  digest?: string
}

const isRegistry = (part: string) => part.includes('.') || part.includes(':') || part === 'localhost'

/** Reads `busybox`, `nginx:1.27`, `registry.k8s.io/pause@sha256:…`; undefined when it is not a valid reference. */
export function parseImageReference(text: string): ImageReference | undefined {
  const [beforeDigest = '', digest] = text.split('@')
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined

  const lastSlash = beforeDigest.lastIndexOf('/')
  const colon = beforeDigest.indexOf(':', lastSlash + 1)
  const path = colon === -1 ? beforeDigest : beforeDigest.slice(0, colon)
  const tag = colon === -1 ? undefined : beforeDigest.slice(colon + 1)
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return undefined

  const parts = path.split('/')
  const hasRegistry = parts.length > 1 && isRegistry(parts[0] ?? '')
  const registry = hasRegistry ? (parts.shift() ?? '') : 'docker.io'
  if (!hasRegistry && parts.length === 1) parts.unshift('library')
  if (parts.some((part) => !/^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/.test(part))) return undefined

  const repository = `${registry === 'index.docker.io' ? 'docker.io' : registry}/${parts.join('/')}`
  return { repository, tag: tag ?? (digest ? undefined : 'latest'), digest }
}

/** Writes a reference in the long form that the table of images uses: `docker.io/library/busybox:latest`. */
export function normalizeImageReference(text: string): string | undefined {
  const reference = parseImageReference(text)
  if (!reference) return undefined
  const tag = reference.tag ? `:${reference.tag}` : ''
  return `${reference.repository}${tag}${reference.digest ? `@${reference.digest}` : ''}`
}
