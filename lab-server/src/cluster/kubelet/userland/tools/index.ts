// All tools by name. Each is loaded when somebody calls it: a container's process is ready in half of the time, and most
// run one tool. What is not here, but is a tool of the image, comes from just-bash: see bundled.ts.
import type { Tool } from '../task.ts'
import { bundledNames } from './bundled.ts'
import { withUsage } from './usage.ts'

type Loader = () => Promise<Tool>

/** The tools of one module, which stand there by name. */
function together(names: string, load: () => Promise<Record<string, Tool>>): [string, Loader][] {
  return names.split(' ').map((name) => [
    name,
    async () => {
      const tool = (await load())[name]
      if (!tool) throw new Error(`The module of ${name} does not have it.`)
      return tool
    },
  ])
}

/** One tool under all its names. */
const alone = (names: string, load: Loader): [string, Loader][] => names.split(' ').map((name) => [name, load])

const loaders = new Map<string, Loader>([
  ...alone('sh ash bash', async () => (await import('./shell-tool.ts')).shellTool),
  ...alone('busybox', async () => (await import('./busybox.ts')).busybox),
  ...alone('cal', async () => (await import('./cal.ts')).cal),
  ...alone('date', async () => (await import('./date.ts')).date),
  ...alone('du', async () => (await import('./du.ts')).du),
  ...alone('echo', async () => (await import('./echo.ts')).echo),
  ...alone('printf', async () => (await import('./echo.ts')).printf),
  ...alone('grep egrep fgrep', async () => (await import('./grep.ts')).grep),
  ...alone('httpd', async () => (await import('./httpd/httpd.ts')).httpd),
  ...alone('ls', async () => (await import('./ls.ts')).list),
  ...alone('pstree', async () => (await import('./pstree.ts')).pstree),
  ...alone('stty', async () => (await import('./stty.ts')).stty),
  ...alone('tar', async () => (await import('./tar.ts')).tar),
  ...alone('vi', async () => (await import('./vi/vi.ts')).vi),
  ...together('cat head tail tee yes dd less more', async () => (await import('./stream-tools.ts')).streamTools),
  ...together(
    'mkdir rmdir rm touch ln chmod readlink mktemp stat link cp mv',
    async () => (await import('./file-tools.ts')).fileTools,
  ),
  ...together(
    'id whoami env printenv hostname uname mount which true false test [ pwd arch nproc tty clear who sync chown chgrp realpath',
    async () => (await import('./system-tools.ts')).systemTools,
  ),
  ...together('free uptime df dmesg', async () => (await import('./machine-tools.ts')).machineTools),
  ...together(
    'sleep usleep timeout time ps top kill watch nohup nice killall pkill pgrep pidof',
    async () => (await import('./process-tools.ts')).processTools,
  ),

  ...alone('curl', async () => (await import('./curl.ts')).curl),
  ...alone('nc', async () => (await import('./nc.ts')).nc),
  ...alone('netstat', async () => (await import('./netstat.ts')).netstat),
  ...alone('ping ping6', async () => (await import('./ping.ts')).ping),
  ...alone('telnet', async () => (await import('./telnet.ts')).telnet),
  ...alone('wget', async () => (await import('./wget.ts')).wget),
  ...together('ip ifconfig route', async () => (await import('./address-tools.ts')).addressTools),
  ...together('nslookup dig host getent', async () => (await import('./dns-tools.ts')).dnsTools),
  ...together('traceroute tracert arp', async () => (await import('./traceroute.ts')).wayTools),

  // Text tools that are ours because the library's answer otherwise than BusyBox does.
  ...alone('cut', async () => (await import('./text/cut.ts')).cut),
  ...alone('diff', async () => (await import('./text/diff.ts')).diff),
  ...alone('expr', async () => (await import('./text/expr.ts')).expr),
  ...alone('sort', async () => (await import('./text/sort.ts')).sort),
  ...alone('tr', async () => (await import('./text/tr.ts')).tr),
  ...alone('xargs', async () => (await import('./text/xargs.ts')).xargs),
  ...together('basename dirname seq', async () => (await import('./text/name-tools.ts')).nameTools),
  ...together('cmp cksum', async () => (await import('./text/compare-tools.ts')).compareTools),
  ...together('fold expand unexpand rev nl wc', async () => (await import('./text/layout-tools.ts')).layoutTools),
  ...together('gzip gunzip zcat', async () => (await import('./text/gzip.ts')).gzipTools),
  ...together('hexdump hd od xxd', async () => (await import('./text/dump-tools.ts')).dumpTools),
  ...together('md5sum sha1sum sha256sum sha512sum', async () => (await import('./text/hash-tools.ts')).hashTools),
  ...together('uniq paste comm', async () => (await import('./text/line-tools.ts')).lineTools),

  ...alone([...bundledNames].join(' '), async () => (await import('./bundled.ts')).bundledTool),
])

/** Names of all tools. */
export const toolNames: readonly string[] = [...loaders.keys()]

/** Loads the tool of a name; undefined where no tool has it. */
export const loadTool = (name: string): Promise<Tool> | undefined => loaders.get(name)?.()

/** The tool of a name. Which of them an image has, its files in /bin decide. */
export function findTool(name: string): Tool | undefined {
  const load = loaders.get(name)
  return load && withUsage(name, async (task) => (await load())(task))
}
