// Builds the container around a userland process from the description that the runtime sent.
import { makeProcessFs } from './fs/process-fs.ts'
import { makePodNetwork } from './pod-network.ts'
import { makeProcessTable } from './process-table.ts'
import { makeProgramRunner } from './program-runner.ts'
import type { FromUserland, TerminalSize, ToUserland, UserlandRequests, UserlandRun } from './protocol.ts'
import type { System, Tool } from './task.ts'
import { loadExtraTools } from './tools/extra.ts'

export interface UserlandSystem {
  system: System
  /** Delivers a signal to a process of ours, by its id; the main command's when none is given. */
  deliver(signal: string, pid?: number): void
  onMessage(message: ToUserland): void
  /** Calls back with each new size of the terminal, and when it should be painted again. */
  terminalEvents: TerminalEvents
}

export interface TerminalEvents {
  onResize?: (size: TerminalSize) => void
  onRedraw?: () => void
}

/** Makes the system of one run; `send` goes to the runtime. */
export async function makeSystem(run: UserlandRun, send: (message: FromUserland) => void): Promise<UserlandSystem> {
  const { container } = run
  const requests = makeRequests(send)
  const table = makeProcessTable({
    run,
    report: (tasks) => send({ type: 'tasks', tasks }),
    takePids: (count) => requests.ask('pids', { count }),
  })
  const programs = makeProgramRunner(send)
  const terminalEvents: TerminalEvents = {}
  const processes = async () => {
    // What started or ended a moment ago is not reported yet.
    const listed = (await requests.ask('processes', undefined)).filter(({ pid }) => !table.hasEnded(pid))
    const known = new Set(listed.map(({ pid }) => pid))
    return [...listed, ...table.own().filter(({ pid }) => !known.has(pid))].sort((a, b) => a.pid - b.pid)
  }
  const fs = makeProcessFs({
    container,
    selfPid: run.pid,
    processes,
    containerOf: (pid) => (table.has(pid) ? Promise.resolve(container) : requests.ask('container', { pid })),
  })
  const network = await makePodNetwork({
    container,
    fs,
    askCluster: (name) => requests.ask('resolve', { name }),
    trace: (to) => requests.ask('trace', { to }),
  })

  const system: System = {
    container,
    fs,
    network,
    processes,
    async kill(pid, signal) {
      return table.deliver(pid, signal) ? 'sent' : requests.ask('kill', { pid, signal })
    },
    sleep: (ms) => requests.ask('sleep', { ms }),
    startDaemon: (daemon) => requests.ask('daemon', daemon),
    runProgram: programs.run,
    extraTools: await loadExtraTools(container.toolsModule, () => system).catch(() => new Map<string, Tool>()),
    onSignal: table.onSignal,
    beginProcess: table.begin,
    renameProcess: table.rename,
  }
  return {
    system,
    terminalEvents,
    deliver: (signal, pid = run.pid) => void table.deliver(pid, signal),
    onMessage(message) {
      if (message.type === 'signal') table.deliver(message.pid ?? run.pid, message.signal)
      else if (message.type === 'resize') terminalEvents.onResize?.(message.size)
      else if (message.type === 'redraw') terminalEvents.onRedraw?.()
      else if (message.type === 'reply') requests.answer(message)
      else programs.onMessage(message)
    },
  }
}

function makeRequests(send: (message: FromUserland) => void) {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let next = 1
  return {
    ask<Method extends keyof UserlandRequests>(
      method: Method,
      params: UserlandRequests[Method]['params'],
    ): Promise<UserlandRequests[Method]['value']> {
      const id = next++
      return new Promise((resolve, reject) => {
        open.set(id, { resolve: (value) => resolve(value as UserlandRequests[Method]['value']), reject })
        send({ type: 'request', id, method, params } as FromUserland)
      })
    },
    answer({ id, value, error }: Extract<ToUserland, { type: 'reply' }>) {
      const waiting = open.get(id)
      open.delete(id)
      if (error === undefined) waiting?.resolve(value)
      else waiting?.reject(new Error(error))
    },
  }
}
