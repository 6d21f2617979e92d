// What a tool says when it is asked for help or called wrongly. The synopsis is BusyBox's, the sentence is ours.
import { type Tool, ToolFailure } from '../task.ts'

/** The first line of every help text. */
export const banner = 'BusyBox v1.37.0 (2024-09-26 21:31:42 UTC) multi-call binary.'

const usages: Record<string, [synopsis: string, sentence: string]> = {
  arp: ['[-vn] [-H HWTYPE] [-i IF] -a [HOSTNAME]', 'Show and change the ARP cache'],
  awk: ['[OPTIONS] [AWK_PROGRAM] [FILE]...', 'Run a program on the lines of its input'],
  base64: ['[-d] [-w COL] [FILE]', 'Encode FILE as Base64, or decode it'],
  basename: ['FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...', 'Print names without folders, and without SUFFIX'],
  cal: ['[-jmy] [[MONTH] YEAR]', 'Print a calendar'],
  cat: ['[-nbvteA] [FILE]...', 'Write FILEs one after the other'],
  chmod: ['[-Rcvf] MODE[,MODE]... FILE...', 'Change who may do what with FILEs'],
  chown: ['[-Rhc]... USER[:[GRP]] FILE...', 'Change whom FILEs belong to'],
  cksum: ['FILE...', 'Print checksum and size of FILEs'],
  clear: ['', 'Clear the screen'],
  cmp: ['[-ls] [-n NUM] FILE1 [FILE2 [SKIP1 [SKIP2]]]', 'Find the first byte in which two files differ'],
  comm: ['[-123] FILE1 FILE2', 'Compare two sorted files line by line'],
  cp: ['[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }', 'Copy files'],
  cut: ['{-b|c LIST | -f|F LIST [-d SEP] [-s]} [-D] [-O SEP] [FILE]...', 'Print parts of each line'],
  date: ['[OPTIONS] [+FMT] [[-s] TIME]', 'Print the time as FMT says'],
  df: ['[-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]...', 'Print how full file systems are'],
  diff: [
    '[-abBdiNqrTstw] [-L LABEL] [-S FILE] [-U LINES] FILE1 FILE2',
    'Print how two files differ, as a unified diff',
  ],
  dirname: ['FILENAME', 'Print the folder of FILENAME'],
  du: ['[-aHLdclsxhmk] [FILE]...', 'Print how much space files and folders take'],
  env: ['[-iu0] [-] [-u NAME]... [NAME=VALUE]... [PROG ARGS]', 'Run PROG in a changed environment, or print it'],
  expand: ['[-i] [-t N] [FILE]...', 'Turn tabs into spaces'],
  expr: ['EXPRESSION', 'Print the value of EXPRESSION'],
  find: ['[-HL] [PATH]... [OPTIONS] [ACTIONS]', 'Look for files and do something with each'],
  fold: ['[-bs] [-w WIDTH] [FILE]...', 'Break long lines'],
  free: ['[-bkmgh]', 'Print how much memory is used and free'],
  grep: [
    '[-HhnlLoqvsrRiwFEz] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...',
    'Print the lines that match PATTERN',
  ],
  gunzip: ['[-cfkt] [FILE]...', 'Decompress FILEs'],
  gzip: ['[-cfkdt123456789] [FILE]...', 'Compress FILEs'],
  head: ['[OPTIONS] [FILE]...', 'Print the first lines of FILEs'],
  hexdump: ['[-bcdoxCv] [-e FMT] [-f FMT_FILE] [-n LEN] [-s OFS] [FILE]...', 'Print bytes as numbers'],
  hostname: ['[-sidf] [HOSTNAME | -F FILE]', 'Print the name or the address of the host'],
  id: ['[-ugGnr] [USER]', 'Print who USER is'],
  ifconfig: ['[-a] [IFACE] [ADDRESS]', 'Show network interfaces'],
  ip: ['[OPTIONS] address|route|link|neigh|rule [ARGS]', 'Show addresses, routes and links'],
  kill: ['[-l] [-SIG] PID...', 'Send a signal to processes'],
  killall: ['[-lq] [-SIG] PROCESS_NAME...', 'Send a signal to processes by name'],
  less: ['[-EFIMmNSRh~] [FILE]...', 'Show a text page by page'],
  ln: ['[-sfnbtv] [-S SUF] TARGET... LINK|DIR', 'Make links'],
  ls: ['[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...', 'List folders'],
  md5sum: ['[-c[sw]] [FILE]...', 'Print or check MD5 checksums'],
  mkdir: ['[-m MODE] [-p] DIRECTORY...', 'Make folders'],
  more: ['[FILE]...', 'Show a text page by page'],
  mv: ['[-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }', 'Rename or move files'],
  nc: [
    '[OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen',
    'Pass bytes over a connection',
  ],
  netstat: ['[-ral] [-tuwx] [-enWp]', 'Show sockets and routes'],
  nl: ['[OPTIONS] [FILE]...', 'Number lines'],
  nslookup: ['[-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]', 'Ask a DNS server about HOST'],
  od: [
    '[-abcdfhilovxs] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [-S MINSTR] [-w WIDTH] [FILE]...',
    'Print bytes as numbers',
  ],
  paste: ['[-d LIST] [-s] [FILE]...', 'Put the lines of FILEs side by side'],
  pgrep: ['[-flanovx] [-s SID|-P PPID|PATTERN]', 'Print the ids of processes by name'],
  pidof: ['[NAME]...', 'Print the ids of processes by name'],
  ping: ['[OPTIONS] HOST', 'Ask HOST for an echo'],
  pkill: ['[-l|-SIGNAL] [-xfvnoe] [-s SID|-P PPID|PATTERN]', 'Send a signal to processes by name'],
  ps: ['[-o COL1,COL2=HEADER] [-T]', 'Show processes'],
  pstree: ['[-p] [PID|USER]', 'Show processes as a tree'],
  pwd: ['', 'Print the current folder'],
  readlink: ['[-fnv] FILE', 'Print where a link points'],
  rev: ['[FILE]...', 'Reverse each line'],
  rm: ['[-irf] FILE...', 'Remove files'],
  rmdir: ['[-p] DIRECTORY...', 'Remove empty folders'],
  route: ['[-ne] [add|del TARGET]', 'Show routes'],
  sed: [
    '[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD [FILE]...',
    'Edit text as commands say',
  ],
  seq: ['[-w] [-s SEP] [FIRST [INC]] LAST', 'Print the numbers from FIRST to LAST'],
  sha1sum: ['[-c[sw]] [FILE]...', 'Print or check SHA1 checksums'],
  sha256sum: ['[-c[sw]] [FILE]...', 'Print or check SHA256 checksums'],
  sleep: ['[N]...', 'Wait for N seconds, minutes (Nm), hours (Nh) or days (Nd)'],
  sort: ['[-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]] [-t CHAR] [FILE]...', 'Sort lines'],
  split: ['[OPTIONS] [INPUT [PREFIX]]', 'Cut INPUT into pieces'],
  stat: ['[-ltf] [-c FMT] FILE...', 'Print what is known of FILEs'],
  strings: ['[-fo] [-t o|d|x] [-n LEN] [FILE]...', 'Print the texts in a binary file'],
  tac: ['[FILE]...', 'Print lines in reverse order'],
  tail: ['[OPTIONS] [FILE]...', 'Print the last lines of FILEs'],
  tar: ['c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [FILE]...', 'Pack, unpack or list an archive'],
  tee: ['[-ai] [FILE]...', 'Copy the input to FILEs and to the output'],
  telnet: ['[-a] [-l USER] HOST [PORT]', 'Talk to a server'],
  time: ['[-vpa] [-o FILE] PROG ARGS', 'Run PROG and print how long it took'],
  timeout: ['[-s SIG] [-k KILL_SECS] SECS PROG ARGS', 'Run PROG for SECS seconds at most'],
  top: ['[-bmH] [-n COUNT] [-d SECONDS]', 'Show processes again and again'],
  touch: ['[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...', 'Set the times of FILEs'],
  tr: ['[-cds] STRING1 [STRING2]', 'Replace, squeeze or delete characters'],
  traceroute: [
    '[-46Flnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]\n\t[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]\n\t[-z PAUSE_MSEC] HOST [BYTES]',
    'Show the way to HOST',
  ],
  tree: ['[DIR]...', 'Show folders as a tree'],
  uname: ['[-amnrspvio]', 'Print what the system is'],
  unexpand: ['[-fa][-t N] [FILE]...', 'Turn spaces into tabs'],
  uniq: ['[-cduiz] [-f,s,w N] [FILE [OUTFILE]]', 'Drop lines that repeat the one before'],
  uptime: ['', 'Print how long the machine has been up'],
  vi: ['[-c CMD] [-R] [-H] [FILE]...', 'Edit FILEs'],
  watch: ['[-n SEC] [-t] PROG ARGS', 'Run PROG again and again'],
  wc: ['[-cmlwL] [FILE]...', 'Count lines, words and bytes'],
  wget: [
    '[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...',
    'Load files over HTTP',
  ],
  which: ['[-a] COMMAND...', 'Find COMMANDs'],
  whoami: ['', 'Print the name of the user'],
  xargs: ['[OPTIONS] [PROG ARGS]', 'Run PROG with what the input lists'],
  xxd: [
    '[-pri] [-g N] [-c N] [-l LEN] [-s OFS] [-o OFS] [FILE]',
    'Print bytes as numbers, or make bytes of such a print',
  ],
}

const aliases: Record<string, string> = {
  egrep: 'grep',
  fgrep: 'grep',
  hd: 'hexdump',
  ping6: 'ping',
  tracert: 'traceroute',
  zcat: 'gunzip',
  more: 'more',
}

function usageText(name: string): string | undefined {
  const [synopsis, sentence] = usages[name] ?? usages[aliases[name] ?? ''] ?? []
  if (synopsis === undefined) return undefined
  return `${banner}\n\nUsage: ${name}${synopsis && ' '}${synopsis}\n\n${sentence}`
}

/** The failure of a tool that was called with too few arguments. */
export const usageFailure = (name: string, exitCode = 1) => new ToolFailure(usageText(name) ?? banner, exitCode)

/** Makes a tool answer `--help`, and say how it is used after an option that it does not know. */
export function withUsage(name: string, tool: Tool): Tool {
  const text = usageText(name)
  if (text === undefined) return tool
  return async (task) => {
    if (task.argv.length === 2 && task.argv[1] === '--help') {
      await task.stderr.write(`${text}\n`)
      return 0
    }
    try {
      return await tool(task)
    } catch (error) {
      const isUnknown = error instanceof ToolFailure && /: (?:unrecognized option|option requires)/.test(error.message)
      throw isUnknown ? new ToolFailure(`${error.message}\n${text}`, error.exitCode) : error
    }
  }
}
