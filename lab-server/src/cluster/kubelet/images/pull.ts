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
  const { registry, repository } = reference

  if (!knownRegistries.has(registry)) {
    const host = registry.replace(/:\d+$/, '')
    const version = reference.digest ?? reference.tag ?? 'latest'
    const request = `failed to do request: Head "https://${registry}/v2/${repository}/manifests/${version}"`
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

function isAddress(host: string): boolean {
  return host === 'localhost' || /^\d+\.\d+\.\d+\.\d+$/.test(host)
}
