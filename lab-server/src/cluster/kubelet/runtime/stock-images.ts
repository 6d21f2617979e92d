// Images that every cluster knows without being told: tools to look around with, and a web server to try things on.
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { HostCommand, Image, Program } from '../container-runtime.ts'

const programPath = (name: string) => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url))

/** A digest that stays the same for the same image on every machine. */
const digestOf = (name: string) => `sha256:${createHash('sha256').update(name).digest('hex')}`

const bare = { env: {}, workingDir: '/', user: 0, programs: {}, files: {} }

function busybox(version: string, sizeBytes: number, tags: string[]): Image {
  return {
    ...bare,
    names: tags.map((tag) => `docker.io/library/busybox:${tag}`),
    digest: digestOf(`busybox:${version}`),
    sizeBytes,
    entrypoint: [],
    cmd: ['sh'],
    userland: 'busybox',
  }
}

function alpine(version: string, tags: string[]): Image {
  return {
    ...bare,
    names: tags.map((tag) => `docker.io/library/alpine:${tag}`),
    digest: digestOf(`alpine:${version}`),
    sizeBytes: 3_653_760,
    entrypoint: [],
    cmd: ['/bin/sh'],
    files: {
      '/etc/alpine-release': `${version}\n`,
      '/etc/os-release': `NAME="Alpine Linux"\nID=alpine\nVERSION_ID=${version}\nPRETTY_NAME="Alpine Linux v${version.split('.').slice(0, 2).join('.')}"\nHOME_URL="https://alpinelinux.org/"\n`,
    },
    userland: 'alpine',
  }
}

/** What Node takes before it does anything; the originals are content with a few MiB. */
const nodeBytes = 56 * 1024 ** 2

const nginxVersion = '1.27.5'

/** Serves, unless it is only asked something: `nginx -t`. */
const nginx: Program = ({ argv, podIp, hostPort, hostPath }) => {
  const options = argv.slice(argv.findLastIndex((word) => /(^|\/)nginx$/.test(word)) + 1)
  const isServer = options.length === 0 || options[0] === '-g' || options[0] === '-c'
  if (!isServer) return { command: [process.execPath, programPath('nginx-command'), nginxVersion, ...options], env: {} }
  return nginxServer(podIp, hostPort(80), hostPath('/usr/share/nginx/html'))
}

const nginxServer = (podIp: string, port: number, root: string): HostCommand => ({
  command: [process.execPath, programPath('nginx'), podIp, String(port), root, nginxVersion],
  env: {},
  title: 'nginx: master process nginx -g daemon off;',
  overheadBytes: nodeBytes,
})

const welcome = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>
<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`

/** The stock images: BusyBox, Alpine, curl, nginx and pause. */
export const stockImages: Image[] = [
  busybox('1.28', 727_869, ['1.28', '1.28.4']),
  busybox('1.31', 764_619, ['1.29', '1.30', '1.31', '1.31.1', '1.32', '1.33']),
  busybox('1.34', 774_886, ['1.34', '1.34.1', '1.35', '1.35.0']),
  busybox('1.36', 2_160_406, ['1.36', '1.36.0', '1.36.1']),
  busybox('1.37', 2_156_518, ['1.37', '1.37.0', 'latest', 'stable', 'musl', 'glibc']),
  alpine('3.22.1', ['3', '3.22', '3.22.1', 'latest']),
  alpine('3.20.3', ['3.18', '3.19', '3.20', '3.20.3', '3.21']),
  {
    ...bare,
    names: ['latest', '8.7.1', '8.8.0', '8.10.1', '8.15.0'].map((tag) => `docker.io/curlimages/curl:${tag}`),
    digest: digestOf('curlimages/curl'),
    sizeBytes: 9_820_160,
    entrypoint: ['/entrypoint.sh'],
    cmd: ['curl'],
    user: 100,
    workingDir: '/home/curl_user',
    // As in the original: arguments that begin with a dash, or name no command, are arguments of curl.
    files: {
      '/entrypoint.sh':
        '#!/bin/sh\nset -e\nif [ "${1#-}" != "${1}" ] || [ -z "$(command -v "${1}")" ]; then\n  set -- curl "$@"\nfi\nexec "$@"\n',
    },
    userland: 'curl',
  },
  {
    ...bare,
    names: [
      'latest',
      '1',
      '1.25',
      '1.26',
      '1.27',
      '1.28',
      '1.29',
      'stable',
      'mainline',
      'alpine',
      '1.27-alpine',
      'stable-alpine',
    ].map((tag) => `docker.io/library/nginx:${tag}`),
    digest: digestOf('nginx'),
    sizeBytes: 72_324_501,
    entrypoint: ['/docker-entrypoint.sh'],
    cmd: ['nginx', '-g', 'daemon off;'],
    env: { NGINX_VERSION: nginxVersion },
    programs: { '/docker-entrypoint.sh': nginx, '/usr/sbin/nginx': nginx },
    files: {
      '/usr/share/nginx/html/index.html': welcome,
      '/usr/share/nginx/html/50x.html': '<html>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n',
      '/etc/nginx/nginx.conf':
        'user  nginx;\nworker_processes  auto;\n\nhttp {\n    include /etc/nginx/conf.d/*.conf;\n}\n',
      '/etc/nginx/conf.d/default.conf':
        'server {\n    listen       80;\n    server_name  localhost;\n\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n\n    error_page   500 502 503 504  /50x.html;\n    location = /50x.html {\n        root   /usr/share/nginx/html;\n    }\n}\n',
    },
    userland: 'curl',
  },
  {
    ...bare,
    names: ['3.9', '3.10', '3.10.1', 'latest'].map((tag) => `registry.k8s.io/pause:${tag}`),
    digest: digestOf('pause'),
    sizeBytes: 319_864,
    entrypoint: ['/pause'],
    cmd: [],
    user: 65535,
    programs: {
      '/pause': () => ({ command: [process.execPath, programPath('pause')], env: {}, overheadBytes: nodeBytes }),
    },
    userland: 'none',
  },
]
