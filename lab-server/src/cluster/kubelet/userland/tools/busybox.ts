import { appletPaths } from '../applets.ts'
import type { UserlandContainer } from '../protocol.ts'
import type { Tool } from '../task.ts'

/** What is more in an image with curl are no applets. */
const shownKind = ({ userland }: UserlandContainer) => (userland === 'busybox' ? 'busybox' : 'alpine')

/** `busybox [--list | applet arguments]` */
export const busybox: Tool = async (task) => {
  const [, name, ...args] = task.argv
  const applets = [
    ...new Set(appletPaths(shownKind(task.system.container)).map((path) => path.split('/').at(-1) ?? '')),
  ].sort()
  if (name === undefined || name === '--help') {
    await task.stdout.write(
      `BusyBox v1.37.0 multi-call binary.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n\nCurrently defined functions:\n\t${applets.join(', ')}\n`,
    )
    return 0
  }
  if (name === '--list') {
    await task.stdout.write(`${applets.join('\n')}\n`)
    return 0
  }
  if (!applets.includes(name)) {
    await task.stderr.write(`${name}: applet not found\n`)
    return 127
  }
  return task.run([name, ...args])
}
