/** Who asks. */
export interface UserInfo {
  username: string
  uid?: string
  groups: string[]
  extra?: Record<string, string[]>
}

/** What a write carries beside the object. */
export interface WriteContext {
  user: UserInfo
  /** Field manager: `kubectl-client-side-apply`, `kubelet`, … */
  manager: string
  /** Everything but the write itself. */
  isDryRun: boolean
  /** Sends a `Warning` header with the answer. */
  warn(message: string): void
}

/** The identity of the cluster's own components: they pass authorization. */
export function componentContext(component: string): WriteContext {
  return {
    user: { username: `system:${component}`, groups: ['system:masters', 'system:authenticated'] },
    manager: component,
    isDryRun: false,
    warn() {},
  }
}
