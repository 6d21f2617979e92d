// The application's manifests and a scenario's texts, with the names that they have in one namespace of a shared cluster.
import type { Ingress, KubeObject, PodSpec } from '../lab/kubernetes/objects.ts'
import { workloadHost, workloadNamespace } from '../lab/manifests.ts'
import { podTemplateOf } from '../lab/world/baseline.ts'
import type { NamespaceSettings } from './namespace-settings.ts'

/** The host under which the application of a namespace is asked. */
export function hostIn(namespace: string, { domain }: NamespaceSettings): string {
  return namespace === workloadNamespace ? domain : `${namespace}.${domain}`
}

/** The image as this cluster has it: `LAB_IMAGE_REGISTRY` takes the place of docker.io. */
export function localiseImage(image: string, { imageRegistry }: Pick<NamespaceSettings, 'imageRegistry'>): string {
  if (!imageRegistry) return image
  const [first = '', ...rest] = image.split('/')
  if (rest.length === 0) return `${imageRegistry}/library/${image}`
  const isRegistry = first.includes('.') || first.includes(':') || first === 'localhost'
  if (isRegistry) return first === 'docker.io' ? `${imageRegistry}/${rest.join('/')}` : image
  return `${imageRegistry}/${image}`
}

/** One object of the healthy application, already in its namespace, as this cluster needs it. */
export function localiseObject(object: KubeObject, settings: NamespaceSettings): KubeObject {
  const copy = structuredClone(object)
  if (copy.kind === 'Ingress') localiseIngress(copy as Ingress, settings)
  if (copy.kind === 'PersistentVolumeClaim' && settings.storageClass !== undefined) {
    const spec = copy.spec as { storageClassName?: string }
    // An absent name asks for the default; an empty one asks for none at all.
    if (settings.storageClass === '') delete spec.storageClassName
    else spec.storageClassName = settings.storageClass
  }
  const pod = podTemplateOf(copy)?.spec
  if (pod) localisePod(pod, settings)
  return copy
}

function localiseIngress(ingress: Ingress, settings: NamespaceSettings): void {
  const namespace = ingress.metadata.namespace ?? workloadNamespace
  ingress.spec.ingressClassName = settings.ingressClass
  for (const rule of ingress.spec.rules ?? []) rule.host = hostIn(namespace, settings)
}

function localisePod(pod: PodSpec, settings: NamespaceSettings): void {
  for (const container of [...(pod.initContainers ?? []), ...pod.containers]) {
    container.image = localiseImage(container.image ?? '', settings)
    const fields = container as { imagePullPolicy?: string; ports?: { protocol?: string }[] }
    if (settings.imagePullPolicy) fields.imagePullPolicy = settings.imagePullPolicy
    // The default, said aloud: server-side apply of old clusters takes it for a key that must be there.
    for (const port of fields.ports ?? []) port.protocol ??= 'TCP'
  }
}

/** A text of a scenario, be it a value of a fault, a sentence or a script, with this place's names. */
export function localiseText(text: string, namespace: string, settings: NamespaceSettings): string {
  const host = hostIn(namespace, settings)
  const renamed = text
    // Misspelt on purpose in a scenario, and still nobody else's.
    .replace(/\btaskmaster\.(loc\w*)\b/g, (whole, rest: string) =>
      whole === workloadHost ? host : namespace === workloadNamespace ? whole : `${namespace}.taskmaster.${rest}`,
    )
    .replace(/(-n |--namespace[ =]|\bnamespaces?[ /]|\bnamespace: )taskmaster\b(?![-.])/g, `$1${namespace}`)
    .replace(/\.taskmaster\.svc\b/g, `.${namespace}.svc`)
  if (!settings.imageRegistry) return renamed
  return renamed.replace(/\bdocker\.io\//g, `${settings.imageRegistry}/`)
}
