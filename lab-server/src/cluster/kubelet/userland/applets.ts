// Which tools the images of the table have, and where they stand in the container.

const bin =
  'arch ash base64 cat chgrp chmod chown cp date dd df dmesg echo egrep false fgrep grep gunzip gzip hostname kill link ln ls mkdir mktemp more mount mv netstat nice pidof ping ping6 printenv ps pwd rm rmdir sed sh sleep stat stty sync tar touch true uname usleep vi watch zcat'
const usrBin =
  '[ awk basename clear cksum cmp comm cut diff dirname du env expand expr file find fold free getent hd head hexdump id join killall less md5sum nc nl nohup nproc nslookup od paste pgrep pkill printf readlink realpath rev seq sha1sum sha256sum sha512sum sort split strings tac tail tee telnet test time timeout top tr traceroute tree tty unexpand uniq uptime wc wget which who whoami xargs xxd yes'
const sbin = 'arp ifconfig ip route'

/** `alpine` has the applets, `busybox` those that Alpine leaves out too; `curl` is Alpine's with curl, dig and jq. */
export type UserlandKind = 'busybox' | 'alpine' | 'curl' | 'none'

const inFolder = (folder: string, names: string) => names.split(' ').map((name) => `${folder}/${name}`)

/** Container paths of the tools of an image. */
export function appletPaths(kind: UserlandKind): string[] {
  if (kind === 'none') return []
  const paths = [...inFolder('/bin', bin), ...inFolder('/usr/bin', usrBin), ...inFolder('/sbin', sbin)]
  if (kind === 'busybox') return [...paths, '/bin/httpd']
  return kind === 'curl' ? [...paths, ...inFolder('/usr/bin', 'curl dig jq host bash')] : paths
}
