// Ctrl-C in the middle of a proof: whoever writes a scenario does that often.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const main = new URL('../../bin/lab.js', import.meta.url).pathname

test.skipIf(process.platform !== 'linux')(
  'an interrupted proof keeps what it has proved and leaves no cluster, no process and no other file',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lab-interrupt-'))
    const results = mkdtempSync(join(tmpdir(), 'lab-results-'))
    try {
      // Beside the folder: by its name the processes of the proof are found.
      const json = join(results, 'results.json')
      const args = ['verify', 'tasks-do-not-load', '--parallel', '1', '--json', json]
      const proof = spawn(process.execPath, [main, ...args], {
        env: { ...process.env, TMPDIR: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      let complaints = ''
      proof.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaints += text
      })
      const clusters = () => readdirSync(folder).map((name) => join(folder, name, 'clusters'))
      await expect
        .poll(() => clusters().some((path) => existsSync(path) && readdirSync(path).length > 0), poll)
        .toBe(true)
      const hosts = processesNaming(folder)
      expect(hosts.length).toBeGreaterThan(0)

      proof.kill('SIGINT')
      const [code] = await once(proof, 'exit')
      expect(code).toBe(130)
      expect(complaints).toBe('Interrupted: ending the sandboxes …\n')
      await expect.poll(() => processesNaming(folder), poll).toEqual([])
      expect(readdirSync(folder).filter((name) => name.startsWith('lab-verify-'))).toEqual([])
      expect(JSON.parse(readFileSync(json, 'utf8'))).toEqual(expect.any(Array))
    } finally {
      for (const path of [folder, results]) rmSync(path, { recursive: true, force: true })
    }
  },
)

const poll = { timeout: 60_000, interval: 50 }

/** Processes of this machine whose command line names the folder. */
function processesNaming(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(folder))
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // It has ended.
  }
}
