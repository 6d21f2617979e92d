// The folders behind one shell. What the lab writes stands apart from what the student writes, so that
// a link planted by a student never leads the lab's hand elsewhere.
import { existsSync } from 'node:fs'
import { appendFile, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Host folders of one shell. `settings` is the lab's, the others belong to the student. */
export interface Home {
  root: string
  home: string
  kube: string
  history: string
  settings: string
}

/** Paths of an attempt's shell under `root`. */
export const homeAt = (root: string): Home => ({
  root,
  home: join(root, 'home'),
  kube: join(root, 'kube'),
  history: join(root, 'history'),
  settings: join(root, 'settings'),
})

const settings = new URL('./settings/', import.meta.url)

// What the shell sees as /etc/passwd and so on: one student, and a name for the application's address.
const accountFiles = {
  passwd: 'root:x:0:0:root:/root:/usr/sbin/nologin\nstudent:x:1000:1000:Student:/home/student:/bin/bash\n',
  group: 'root:x:0:\nstudent:x:1000:\n',
  hosts: '127.0.0.1 localhost lab taskmaster.local\n::1 localhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
}

/** The editors we offer, the friendliest first. */
const editors = ['/usr/bin/nano', '/usr/bin/vim', '/usr/bin/vi', '/bin/vi']

/** Absolute path of the editor for `kubectl edit`, or undefined. */
export const findEditor = (): string | undefined => editors.find((editor) => existsSync(editor))

/** Makes or refreshes the folders of one shell. A second call replaces the kubeconfig and keeps the student's files. */
export async function prepareHome(options: {
  root: string
  kubeconfig: string
  /** The application's name, where it is not `taskmaster.local`. */
  appHost?: string | undefined
  /** Gives kubectl's completion script. */
  completion: () => Promise<string>
  owner: number | undefined
}): Promise<Home> {
  const home = homeAt(options.root)
  await mkdir(home.root, { recursive: true, mode: 0o711 })
  await mkdir(home.settings, { recursive: true, mode: 0o755 })
  for (const folder of [home.home, home.kube, home.history]) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (options.owner !== undefined) await chown(folder, options.owner, options.owner)
  }
  const editor = findEditor()
  const editorLine = editor ? `export EDITOR=${editor} KUBE_EDITOR=${editor}\n` : ''
  await writeFile(join(home.settings, 'bashrc'), (await readFile(new URL('bashrc', settings), 'utf8')) + editorLine)
  const fallback = await readFile(new URL('completion-fallback.bash', settings), 'utf8')
  const completion = fallback + (await options.completion())
  await writeFile(join(home.settings, 'completion.bash'), completion)

  for (const [name, text] of Object.entries(accountFiles)) await writeFile(join(home.settings, name), text)
  if (options.appHost) await appendFile(join(home.settings, 'hosts'), `127.0.0.1 ${options.appHost}\n`)

  // Removed and made anew with `wx`: neither step follows a link that the student may have put there.
  const config = join(home.kube, 'config')
  await rm(config, { recursive: true, force: true })
  await writeFile(config, options.kubeconfig, { mode: 0o600, flag: 'wx' })
  if (options.owner !== undefined) await chown(config, options.owner, options.owner)
  return home
}
