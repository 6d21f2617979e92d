import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { stepsTouchedBy, watchFolder } from './verify-watch.ts'

it('hears of every save of an editor that writes a new file and renames it, in new folders too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'))
  const heard: string[] = []
  const watcher = watchFolder(folder, (file) => heard.push(file))
  const save = async (file: string) => {
    heard.length = 0
    writeFileSync(join(folder, `${file}~`), 'text')
    renameSync(join(folder, `${file}~`), join(folder, file))
    await vi.waitFor(() => expect(heard).toContain(file))
  }
  try {
    await save('scenario.yaml')
    await save('scenario.yaml')
    mkdirSync(join(folder, 'wrong-fixes'))
    // The folder is followed as soon as the event of its making arrives.
    await vi.waitFor(() => save('wrong-fixes/restarted.sh'), { timeout: 10_000 })
  } finally {
    watcher.close()
    rmSync(folder, { recursive: true })
  }
})

describe('a changed file of a scenario', () => {
  it('asks for the proof of the script that it is', () => {
    const isAsked = stepsTouchedBy(['wrong-fixes/catch-all.sh', 'solution.sh'])
    expect(isAsked?.('refused: catch-all')).toBe(true)
    expect(isAsked?.('the solution solves it')).toBe(true)
    expect(isAsked?.('refused: other')).toBe(false)
    expect(isAsked?.('doing nothing earns nothing')).toBe(false)
  })

  it('asks for every proof when it is the scenario itself', () => {
    expect(stepsTouchedBy(['scenario.yaml', 'brief.md'])?.('also accepted: x')).toBe(true)
  })

  it('asks for none when it is a text', () => {
    expect(stepsTouchedBy(['brief.md', 'debrief.md'])).toBeUndefined()
  })
})
