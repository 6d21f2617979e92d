// Tools about the node under the container: memory, load, disks.
import { statfs } from 'node:fs/promises'
import { machineFile, readMemory } from '../fs/machine-files.ts'
import { type Tool, ToolFailure } from '../task.ts'
import { humanSize } from './ls.ts'
import { parseOptions } from './options.ts'

/** A size as people read it: `23.5G`. */
const readable = (kilobytes: number) => humanSize(kilobytes * 1024)

const free: Tool = async (task) => {
  const { has } = parseOptions(task.argv, 'bkmgth')
  const divisors: [string, number][] = [
    ['b', 1 / 1024],
    ['m', 1024],
    ['g', 1024 ** 2],
    ['t', 1024 ** 3],
  ]
  const divisor = divisors.find(([letter]) => has.has(letter))?.[1] ?? 1
  const cell = (size: number) => (has.has('h') ? readable(size) : String(Math.floor(size / divisor))).padStart(12)
  const memoryOf = readMemory()
  const [total, unused] = [memoryOf('MemTotal'), memoryOf('MemFree')]
  const cached = memoryOf('Buffers') + memoryOf('Cached') + memoryOf('SReclaimable')
  const [swap, swapFree] = [memoryOf('SwapTotal'), memoryOf('SwapFree')]
  const memory = [total, total - unused - cached, unused, memoryOf('Shmem'), cached, memoryOf('MemAvailable')]
  await task.stdout.write(
    `              total        used        free      shared  buff/cache   available\nMem:   ${memory.map(cell).join('')}\nSwap:  ${[swap, swap - swapFree, swapFree].map(cell).join('')}\n`,
  )
  return 0
}

const uptime: Tool = async (task) => {
  const seconds = Number.parseFloat(machineFile('uptime'))
  const minutes = Math.floor(seconds / 60)
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24]
  const clock = hours > 0 ? `${hours}:${String(minutes % 60).padStart(2, '0')}` : `${minutes % 60} min`
  const since = `${days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : ''}${clock.padStart(hours > 0 ? 5 : 0)}`
  const loads = machineFile('loadavg').split(' ').slice(0, 3).join(', ')
  await task.stdout.write(` ${new Date().toISOString().slice(11, 19)} up ${since},  0 users,  load average: ${loads}\n`)
  return 0
}

const df: Tool = async (task) => {
  const { has } = parseOptions(task.argv, 'hkmTPiaB:t:')
  const { rootDir, mounts } = task.system.container
  const { blocks, bfree, bavail, bsize } = await statfs(rootDir)
  const [size, used, left] = [blocks, blocks - bfree, bavail].map((count) => Math.floor((count * bsize) / 1024))
  const cell = (kilobytes = 0) =>
    (has.has('h') ? readable(kilobytes) : String(has.has('m') ? Math.floor(kilobytes / 1024) : kilobytes)).padStart(9)
  const percent = Math.ceil(((used ?? 0) * 100) / Math.max(1, (used ?? 0) + (left ?? 0)))
  const row = (device: string, type: string, at: string, numbers: [number?, number?, number?], share: number) =>
    `${device.padEnd(20)}${has.has('T') ? ` ${type.padEnd(10)}` : ''} ${numbers.map(cell).join(' ')} ${String(share).padStart(3)}% ${at}\n`
  const unit = has.has('h') ? '     Size' : has.has('m') ? '1M-blocks' : has.has('P') ? '1024-blocks' : '1K-blocks'
  const shared: [number, number, number] = [65_536, 0, 65_536]
  await task.stdout.write(
    `Filesystem          ${has.has('T') ? ' Type      ' : ''} ${unit}      Used Available ${has.has('P') ? 'Capacity' : 'Use%'} Mounted on\n${row('overlay', 'overlay', '/', [size, used, left], percent)}${row('tmpfs', 'tmpfs', '/dev', shared, 0)}`,
  )
  for (const { containerPath } of mounts)
    await task.stdout.write(row('/dev/vda1', 'ext4', containerPath, [size, used, left], percent))
  return 0
}

const dmesg: Tool = () => Promise.reject(new ToolFailure('dmesg: klogctl: Operation not permitted'))

export const machineTools: Record<string, Tool> = { free, uptime, df, dmesg }
