// What an attempt runs in, as the lab sees it: a kubeconfig and a way to the Ingress. The lab does
// not know whether an embedded cluster or a real one is behind it.

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
  /** Ids of all sandboxes that exist, for the clean-up of those that no attempt owns. */
  list(): Promise<string[]>
}
