// Root file systems of the images that the transcripts use, for a real cluster without a registry: `node
// make-check-roots.ts OUT` writes OUT/busybox and OUT/nginx, as root on Debian with debootstrap and busybox.
// Any tool that makes images from folders does the rest: busybox:1.36 (command sh), nginx:1.25 and nginx:1.26
// (command nginx -g 'daemon off;').
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [out] = process.argv.slice(2)
if (!out) throw new Error('usage: make-check-roots.ts OUT')

const users = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n'
const groups = 'root:x:0:\nnogroup:x:65534:\n'

/** BusyBox and what it is linked with, every tool a link. The static one of Debian cannot resolve names. */
function makeBusybox(root: string): void {
  for (const folder of ['bin', 'etc', 'tmp', 'root', 'home', 'var/run', 'var/spool/cron'])
    mkdirSync(join(root, folder), { recursive: true })
  cpSync('/bin/busybox', join(root, 'bin/busybox'))
  for (const [library] of execFileSync('ldd', ['/bin/busybox'], { encoding: 'utf8' }).matchAll(/\/lib\S+/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true })
    cpSync(realpathSync(library), join(root, library))
  }
  const tools = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')
  for (const tool of tools.filter((name) => name !== 'busybox')) symlinkSync('busybox', join(root, 'bin', tool))
  writeFileSync(join(root, 'etc/passwd'), users)
  writeFileSync(join(root, 'etc/group'), groups)
}

const server = `server {
  listen 80;
  server_name localhost;
  root /usr/share/nginx/html;
  index index.html;
  error_page 500 502 503 504 /50x.html;
}
`

/** Debian with nginx, its page where the image of that name has it. */
function makeNginx(root: string): void {
  execFileSync('debootstrap', ['--variant=minbase', '--include=nginx-light', 'bookworm', root], { stdio: 'inherit' })
  writeFileSync(join(root, 'etc/nginx/sites-enabled/default'), server)
  writeFileSync(join(root, 'usr/share/nginx/html/50x.html'), '<html><body><h1>An error occurred.</h1></body></html>\n')
  for (const folder of ['var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'usr/share/locale', 'usr/share/man'])
    rmSync(join(root, folder), { recursive: true, force: true })
}

makeBusybox(join(out, 'busybox'))
makeNginx(join(out, 'nginx'))
