// Reading an image reference as containerd does, and what goes wrong with one that cannot be read.

/** The parts of a normalised reference: `docker.io/library/busybox:1.36`. */
export interface ImageReference {
  registry: string
  repository: string
  /** Absent when only a digest is given. */
  tag?: string
  digest?: string
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagPattern = /^\w[\w.-]{0,127}$/
const digestPattern = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/

/** Parses `text`, or says in upstream's words why it is no reference. */
export function parseImageReference(text: string): ImageReference | { error: string } {
  const refused = (why: string) => ({
    error: `Failed to apply default image tag "${text}": couldn't parse image name "${text}": invalid reference format${why}`,
  })
  const [beforeDigest = '', digest, ...rest] = text.split('@')
  if (rest.length > 0 || (digest !== undefined && !digestPattern.test(digest))) return refused('')

  const lastSlash = beforeDigest.lastIndexOf('/')
  const colon = beforeDigest.indexOf(':', lastSlash + 1)
  const name = colon >= 0 ? beforeDigest.slice(0, colon) : beforeDigest
  const tag = colon >= 0 ? beforeDigest.slice(colon + 1) : undefined

  const { registry, repository } = splitRegistry(name)
  // Upstream looks for capitals before it looks at anything else.
  if (repository !== repository.toLowerCase()) return refused(`: repository name (${repository}) must be lowercase`)
  if (tag !== undefined && !tagPattern.test(tag)) return refused('')
  if (!repository.split('/').every((part) => component.test(part))) return refused('')
  return {
    registry,
    repository,
    ...(tag !== undefined ? { tag } : digest === undefined ? { tag: 'latest' } : {}),
    ...(digest !== undefined ? { digest } : {}),
  }
}

/** The canonical text: registry, repository, tag and digest. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`
}

/** A first part with a dot, a port or the name localhost is a registry; everything else is Docker Hub's. */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost'
  const registry = isRegistry && first !== 'index.docker.io' ? first : 'docker.io'
  const repository = isRegistry ? name.slice(slash + 1) : name
  const isOfficial = registry === 'docker.io' && !repository.includes('/')
  return { registry, repository: isOfficial ? `library/${repository}` : repository }
}
