// What pulling an image would answer. There is no registry: the table of images is the world.
import { formatImageReference, type ImageReference } from './image-reference.ts'

/** Registries that resolve and answer; any other host name is unknown to DNS. */
const knownRegistries = new Set([
  'docker.io',
  'registry.k8s.io',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
])

/** containerd's message for an image that the table does not have; `hasRepository` when it has another tag of it. */
export function pullFailure(reference: ImageReference, hasRepository: boolean): string {
  const name = formatImageReference(reference)
  const failed = `failed to pull and unpack image "${name}": failed to resolve reference "${name}":`
  const { registry } = reference

  if (!knownRegistries.has(registry)) {
    const host = registry.replace(/:\d+$/, '')
    const request = failedRequest(registry, reference)
    const port = /:(\d+)$/.exec(registry)?.[1] ?? '443'
    const why = isAddress(host)
      ? `dial tcp ${host}:${port}: connect: connection refused`
      : `dial tcp: lookup ${host}: no such host`
    return `rpc error: code = Unknown desc = ${failed} ${request}: ${why}`
  }
  if (!hasRepository && registry === 'docker.io') {
    // Docker Hub does not tell a missing repository from a private one.
    const denied =
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'
    return `rpc error: code = Unknown desc = ${failed} ${denied}`
  }
  return `rpc error: code = NotFound desc = ${failed} ${name}: not found`
}

/** containerd's message for a pull that no registry answered. */
export function unansweredPull(reference: ImageReference): string {
  const name = formatImageReference(reference)
  const host = reference.registry === 'docker.io' ? 'registry-1.docker.io' : reference.registry
  const why = `dial tcp: lookup ${host.replace(/:\d+$/, '')}: i/o timeout`
  return `rpc error: code = Unknown desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${failedRequest(host, reference)}: ${why}`
}

function failedRequest(host: string, { repository, digest, tag = 'latest' }: ImageReference): string {
  return `failed to do request: Head "https://${host}/v2/${repository}/manifests/${digest ?? tag}"`
}

function isAddress(host: string): boolean {
  return host === 'localhost' || /^\d+\.\d+\.\d+\.\d+$/.test(host)
}
