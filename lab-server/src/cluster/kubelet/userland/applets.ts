// Which tools the images of the table have, and where they stand in the container.

const bin =
  'arch ash base64 cat chgrp chmod chown cp date dd df dmesg echo egrep false fgrep grep gunzip gzip hostname kill link ln ls mkdir mktemp more mount mv netstat nice pidof ping ping6 printenv ps pwd rm rmdir sed sh sleep stat stty sync tar touch true uname usleep watch zcat'
const usrBin =
  '[ awk basename cal clear cksum cmp comm cut diff dirname du env expand expr find fold free getent hd head hexdump id killall less md5sum nc nl nohup nproc nslookup od paste pgrep pkill printf pstree readlink realpath rev seq sha1sum sha256sum sha512sum sort split strings tac tail tee test time timeout top tr traceroute tree tty unexpand uniq uptime vi wc wget which who whoami xargs xxd yes'
const sbin = 'arp ifconfig ip route'

/** `alpine` has the applets, `busybox` those that Alpine leaves out too; `curl` is Alpine's with curl, dig and jq. */
export type UserlandKind = 'busybox' | 'alpine' | 'curl' | 'none'

/** What Alpine leaves to its package busybox-extras. */
const extras = 'httpd telnet'

const inFolder = (folder: string, names: string) => names.split(' ').map((name) => `${folder}/${name}`)

/** Container paths of the tools of an image. */
export function appletPaths(kind: UserlandKind): string[] {
  switch (kind) {
    case 'none':
      return []
    case 'busybox':
      // Docker's image has all of them in one folder.
      return [...inFolder('/bin', [bin, usrBin, sbin, extras].join(' ')), '/usr/bin/env']
    case 'alpine':
    case 'curl': {
      const paths = [...inFolder('/bin', bin), ...inFolder('/usr/bin', usrBin), ...inFolder('/sbin', sbin)]
      return kind === 'curl' ? [...paths, ...inFolder('/usr/bin', 'curl dig jq host bash')] : paths
    }
  }
}
