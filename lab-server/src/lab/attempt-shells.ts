/** What the lab needs of the students' terminals; `terminal/` offers more. */
export interface AttemptShells {
  open(
    attemptId: string,
    options: {
      kubeconfig: string
      apiServer: { host: string; port: number }
      ingress?: { host: string; port: number } | undefined
      /** The application's name, where it is not that of the manifests. */
      appHost?: string | undefined
      onCommand?: (command: string) => void
    },
  ): Promise<void>
  close(attemptId: string): Promise<void>
  /** Removes what shells of other attempts left behind. */
  retain(attemptIds: ReadonlySet<string>): Promise<void>
}
