// What a process with clusters and its network agent say to each other over Node's IPC channel. Sockets travel with
// the answers.

/** One thing to do; `namespace` is the number that `create` answered with. */
export type AgentRequest =
  /** Makes a network namespace in which every address of these ranges is its own. */
  | { kind: 'create'; cidrs: string[] }
  | { kind: 'remove'; namespace: number }
  /** Answers with a listening socket. */
  | { kind: 'listen'; namespace: number; protocol: 'TCP' | 'UDP'; host: string; port: number }
  /** Answers with a connected socket. */
  | { kind: 'connect'; namespace: number; host: string; port: number; localAddress?: string; timeoutMs?: number }

/** The answer to the request with this id. */
export interface AgentAnswer {
  id: number
  namespace?: number
  error?: { message: string; code?: string }
}
