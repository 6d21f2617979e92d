import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lockDataDir } from './data-lock.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'lock-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

test('a second lab is told which process has the folder', () => {
  writeFileSync(join(dataDir, 'lab.lock'), `${process.ppid} ${startOf(process.ppid)}\n`)
  expect(() => lockDataDir(dataDir)).toThrow(`(process ${process.ppid})`)
})

test('the lock of a lab that was killed does not keep the next one out', () => {
  writeFileSync(join(dataDir, 'lab.lock'), '999999 123\n')
  lockDataDir(dataDir).release()
})

test('a process that has got the number of a lab that was killed is not taken for it', () => {
  writeFileSync(join(dataDir, 'lab.lock'), `${process.ppid} 1\n`)
  expect(() => lockDataDir(dataDir)).not.toThrow()
})

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? ''
}

test('a killed process that nobody has waited for is not a running lab', async () => {
  // The shell does not wait for the child that it turns away from: the child stays as a zombie.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [output] = await once(parent.stdout, 'data')
  const zombie = Number(String(output))
  await vi.waitFor(() => expect(readFileSync(`/proc/${zombie}/stat`, 'utf8')).toContain(') Z '))
  writeFileSync(join(dataDir, 'lab.lock'), `${zombie} ${startOf(zombie)}\n`)
  expect(() => lockDataDir(dataDir)).not.toThrow()
  parent.kill('SIGKILL')
})
