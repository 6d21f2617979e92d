/** What a shell needs to know of its attempt. */
export interface TerminalOptions {
  /** The student's kubeconfig, as YAML; its server is `apiServer`. */
  kubeconfig: string
  /** The API server, the only thing the shell must reach. */
  apiServer: { host: string; port: number }
  /** Where the Ingress answers on this machine; `http://taskmaster.local/` leads there from the shell. */
  ingress?: { host: string; port: number } | undefined
  /** The application's name, where it is not `taskmaster.local`. */
  appHost?: string | undefined
  /** Calls back with each command line that the student entered. */
  onCommand?: (command: string) => void
}
