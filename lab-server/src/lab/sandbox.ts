// What an attempt runs in, as the lab sees it: a kubeconfig and a way to the Ingress. The lab does
// not know whether an embedded cluster or a real one is behind it.
import type { KubeAccess } from './kubernetes/kubeconfig.ts'
import type { KubeObject } from './kubernetes/objects.ts'

/** A place to run one attempt. */
export interface Sandbox {
  id: string
  /** The lab's own credentials: YAML, never shown to the student. */
  adminKubeconfig: string
  /** Where the workload lives: `taskmaster` on an embedded cluster. */
  namespace: string
  /** Base URL of the ingress controller, to be asked with the Host header of the rule; null where it cannot be reached. */
  ingressUrl: string | null
  /** The only network addresses that the student's terminal needs: host and port of the API server. */
  apiServer: { host: string; port: number }
  /** The lab's own credentials where they renew themselves; in place of `adminKubeconfig`. */
  access?: KubeAccess
  /** The host under which the application is asked; that of the manifests when not set. */
  host?: string
  /** The class of Ingress that is served; `nginx` when not set. */
  ingressClass?: string
  /** Others use the same cluster: the student's rights end at the namespace, and their token is short-lived. */
  isShared?: boolean
  /** Awaited before the lab changes anything there; rejects when another lab has taken over. */
  beforeWrite?: (() => Promise<void>) | undefined
  /** The time there, where clocks run faster than life. */
  now?(): Date
  /** What is deployed here, from the healthy application in its namespace; the Namespace comes first. */
  furnish?(objects: KubeObject[]): KubeObject[]
  /** A text of a scenario (a value of a fault, a hint, a script) with the names of this place. */
  localise?(text: string): string
  /** Ends everything: processes, ports and files. Resolves when all are gone. */
  release(): Promise<void>
}

/** Makes sandboxes. */
export interface SandboxProvider {
  readonly kind: 'embedded' | 'kubeconfig'
  /** A fresh, empty sandbox whose API answers. Rejects with a message for the instructor. */
  create(id: string): Promise<Sandbox>
  /** A sandbox from before a restart, or undefined when it is gone. */
  find(id: string): Promise<Sandbox | undefined>
  /** Removes a sandbox that nobody needs, running or not. */
  remove(id: string): Promise<void>
  /** A text of a scenario with the names that it has in this namespace; as it is when not set. */
  localise?(text: string, namespace: string): string
  /** Ids of all sandboxes that exist, for the clean-up of those that no attempt owns. */
  list(): Promise<string[]>
}
