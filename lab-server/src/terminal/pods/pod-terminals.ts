// Terminals in pods of the cluster: a toolbox for each attempt, in a namespace of the lab. The shell outlives the lab,
// because tmux in the pod keeps it and its screen.
import { lookup } from 'node:dns/promises'
import { openExec } from '../../lab/kubernetes/exec.ts'
import type { KubernetesApi } from '../../lab/kubernetes/kubernetes-api.ts'
import { KubernetesError } from '../../lab/kubernetes/kubernetes-error.ts'
import { attachClient } from '../client.ts'
import type { Recordings } from '../recordings.ts'
import { makeTerminal, type Terminal } from '../terminal.ts'
import type { TerminalOptions } from '../terminal-options.ts'
import type { Terminals } from '../terminals.ts'
import { attachKeptShell } from './kept-shell.ts'
import { splitKubeconfig } from './toolbox-kubeconfig.ts'
import {
  attemptLabel,
  instanceLabel,
  planTerminalsCommons,
  planToolboxPod,
  planToolboxSecret,
  type ToolboxSettings,
  terminalsNamespace,
  toolboxContainer,
  toolboxName,
  type Way,
} from './toolbox-objects.ts'
import { endPod, ensurePod, podReady } from './toolbox-pod.ts'

export interface PodTerminalOptions {
  api: KubernetesApi
  settings: ToolboxSettings
  /** The addresses of the API server. */
  apiServer: readonly Way[]
  ingressNamespace: string
  /** Where every terminal is recorded, if it is. */
  recordings?: Recordings | undefined
  onProblem(error: unknown): void
}

/** Makes the namespace of the terminals, where the lab may, and their borders. */
export async function startPodTerminals(options: PodTerminalOptions): Promise<Terminals> {
  const { api, settings, recordings, onProblem } = options
  const stopping = new AbortController()
  const { signal } = stopping
  const terminals = new Map<string, Terminal>()
  const turns = new Map<string, Promise<void>>()

  for (const object of planTerminalsCommons(options)) {
    await api.apply(object).catch((error) => {
      // The operator keeps these rights to themselves, and has made the object beforehand.
      if (!(error instanceof KubernetesError) || error.status !== 403) throw error
    })
  }

  async function open(attemptId: string, shell: TerminalOptions): Promise<void> {
    await api.apply(planToolboxSecret(attemptId, splitKubeconfig(shell.kubeconfig), settings))
    if (terminals.has(attemptId)) return
    const pod = planToolboxPod(attemptId, settings, await applicationHost(shell))
    await ensurePod(api, pod, { signal })
    const name = toolboxName(attemptId)
    const terminal = makeTerminal({
      onCommand: shell.onCommand,
      record: recordings && ((size, onDrained) => recordings.start(attemptId, size, onDrained)),
      startShell(size, events) {
        events.onOutput('\x1b[2mYour terminal is starting …\x1b[0m\r\n')
        const link = async ({ cols, rows }: typeof size) => {
          await ensurePod(api, pod, { signal })
          await podReady(api, name, { signal })
          const command = ['lab-shell', String(cols), String(rows)]
          return openExec(api.access, {
            namespace: terminalsNamespace,
            pod: name,
            container: toolboxContainer,
            command,
          })
        }
        return attachKeptShell(link, size, events)
      },
    })
    terminals.set(attemptId, terminal)
  }

  /** One thing at a time for each attempt. */
  function inTurn(attemptId: string, task: () => Promise<void>): Promise<void> {
    const turn = (turns.get(attemptId) ?? Promise.resolve()).catch(() => {}).then(task)
    turns.set(attemptId, turn)
    return turn.finally(() => turns.get(attemptId) === turn && turns.delete(attemptId))
  }

  async function remove(attemptId: string): Promise<void> {
    const name = toolboxName(attemptId)
    await api.remove({ kind: 'Secret', namespace: terminalsNamespace, name })
    await endPod(api, name, { signal })
  }

  return {
    isolation: 'isolated',
    has: (attemptId) => terminals.has(attemptId),
    open: (attemptId, shell) => inTurn(attemptId, () => open(attemptId, shell)),
    attach(attemptId, socket) {
      const terminal = terminals.get(attemptId)
      if (terminal) return attachClient(terminal, socket, 'isolated')
      socket.close(4404, 'This attempt has no terminal: it is still being prepared, or it has ended.')
    },
    close: (attemptId) =>
      inTurn(attemptId, async () => {
        await terminals.get(attemptId)?.stop()
        terminals.delete(attemptId)
        await remove(attemptId)
      }),
    async retain(attemptIds) {
      const selector = { [instanceLabel]: settings.instance }
      const found = await Promise.all([
        api.list('Pod', terminalsNamespace, selector),
        api.list('Secret', terminalsNamespace, selector),
      ])
      const owners = found.flat().flatMap(({ metadata }) => metadata.labels?.[attemptLabel] ?? [])
      const strays = [...new Set(owners)].filter((id) => !attemptIds.has(id) && !terminals.has(id))
      await Promise.all(strays.map((id) => remove(id).catch(onProblem)))
    },
    async stop() {
      stopping.abort()
      await Promise.all([...terminals.values()].map((terminal) => terminal.stop()))
      terminals.clear()
    },
  }
}

/** The application's name and the Ingress's address, where there is one: the pod needs no DNS for it. */
async function applicationHost({
  ingress,
  appHost,
}: TerminalOptions): Promise<{ name: string; ip: string } | undefined> {
  if (!ingress || !appHost) return undefined
  const found = await lookup(ingress.host.replace(/^\[|\]$/g, '')).catch(() => undefined)
  return found && { name: appHost, ip: found.address }
}
