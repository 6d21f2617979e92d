// All tools by name. What is not here, but is a tool of the image, comes from just-bash: see bundled.ts.
import type { Tool } from '../task.ts'
import { bundledNames, bundledTool } from './bundled.ts'
import { busybox } from './busybox.ts'
import { cal } from './cal.ts'
import { date } from './date.ts'
import { du } from './du.ts'
import { echo, printf } from './echo.ts'
import { fileTools } from './file-tools.ts'
import { grep } from './grep.ts'
import { httpd } from './httpd/httpd.ts'
import { list } from './ls.ts'
import { machineTools } from './machine-tools.ts'
import { networkTools } from './network-tools.ts'
import { processTools } from './process-tools.ts'
import { pstree } from './pstree.ts'
import { shellTool } from './shell-tool.ts'
import { streamTools } from './stream-tools.ts'
import { systemTools } from './system-tools.ts'
import { tar } from './tar.ts'
import { textTools } from './text/index.ts'
import { withUsage } from './usage.ts'
import { vi } from './vi/vi.ts'

const tools = new Map<string, Tool>([
  ['sh', shellTool],
  ['ash', shellTool],
  ['bash', shellTool],
  ['busybox', busybox],
  ['echo', echo],
  ['printf', printf],
  ['cal', cal],
  ['date', date],
  ['du', du],
  ['httpd', httpd],
  ['ls', list],
  ['pstree', pstree],
  ['tar', tar],
  ['vi', vi],
  ['grep', grep],
  ['egrep', grep],
  ['fgrep', grep],
  ...Object.entries(streamTools),
  ...Object.entries(fileTools),
  ...Object.entries(systemTools),
  ...Object.entries(machineTools),
  ...Object.entries(processTools),
  ...Object.entries(networkTools),
  ...Object.entries(textTools),
])

/** The tool of a name. Which of them an image has, its files in /bin decide. */
export function findTool(name: string): Tool | undefined {
  const tool = tools.get(name) ?? (bundledNames.has(name) ? bundledTool : undefined)
  return tool && withUsage(name, tool)
}
