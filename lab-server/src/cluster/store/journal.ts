// Makes acknowledged writes survive the process: every write is appended to a file before it is answered, and forced to
// the disk within a second. See docs/decisions/journal-synced-behind.md.
import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Clock, Timer } from '../clock.ts'
import type { KubeObject } from '../objects/types.ts'

/** One line of the journal; without `o` the object was removed. */
export interface JournalRecord {
  /** Revision. */
  r: number
  /** Bucket. */
  b: string
  /** Key in the bucket. */
  k: string
  o?: KubeObject
}

/** Where writes are kept. */
export interface Journal {
  /** Replays everything that was acknowledged, oldest first. Called once, before the first append. */
  load(apply: (record: JournalRecord) => void): void
  /** Returns when the record is safe from a crash of this process; throws, having written nothing, when it cannot be kept. */
  append(record: JournalRecord): void
  stop(): void
}

/** A journal that keeps nothing, for tests. */
export function makeMemoryJournal(): Journal {
  return { load() {}, append() {}, stop() {} }
}

const compactAfterBytes = 4 * 1024 * 1024

/** What a crash of the machine may cost, in milliseconds of writes. */
const syncWithinMs = 1000

/** Where a journal is and what it needs. */
export interface JournalOptions {
  dir: string
  /** Yields the present state whenever the journal has grown enough to be replaced by it. */
  snapshot(): Iterable<JournalRecord>
  /** Wall time, for forcing writes to the disk; without it only snapshots and a stop do. */
  clock?: Clock
}

/** Opens the journal of a folder. */
export function openJournal({ dir, snapshot, clock }: JournalOptions): Journal {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  let syncing: Timer | undefined
  let syncFailure: Error | undefined
  let file = -1
  let size = 0
  let compactAt = compactAfterBytes
  let lastRevision = 0

  function openAt(name: string) {
    file = openSync(join(dir, name), 'a', 0o600)
    size = fstatSync(file).size
  }

  function writeAll(target: number, text: string) {
    const bytes = Buffer.from(text)
    let written = 0
    while (written < bytes.length) written += writeSync(target, bytes, written)
    return written
  }

  /** The disk is not waited for: many writes share one sync, and none of them its time. */
  function syncSoon() {
    syncing ??= clock?.after(syncWithinMs, () => {
      syncing = undefined
      const synced = file
      if (synced < 0) return
      fdatasync(synced, (error) => {
        // A file that was replaced meanwhile is in the snapshot, which is on the disk.
        if (error && synced === file) syncFailure = error
      })
    })
  }

  /** The new journal is opened first, so that a crash at any point leaves files which replay to the same state. */
  function compact() {
    const old = readdirSync(dir)
    const oldFile = file
    openAt(fileName('journal', lastRevision))
    closeSync(oldFile)
    const temporary = join(dir, 'snapshot.tmp')
    const target = openSync(temporary, 'w', 0o600)
    let bytes = 0
    let chunk = ''
    for (const record of snapshot()) {
      chunk += `${JSON.stringify(record)}\n`
      if (chunk.length > 256 * 1024) {
        bytes += writeAll(target, chunk)
        chunk = ''
      }
    }
    bytes += writeAll(target, `${chunk}${JSON.stringify({ r: lastRevision, b: '', k: '' })}\n`)
    fsyncSync(target)
    closeSync(target)
    const name = fileName('snapshot', lastRevision)
    renameSync(temporary, join(dir, name))
    syncFolder(dir)
    for (const entry of old) if (/^(journal|snapshot)-\d+/.test(entry) && entry !== name) unlinkSync(join(dir, entry))
    compactAt = Math.max(compactAfterBytes, bytes * 2)
  }

  return {
    load(apply) {
      const names = readdirSync(dir).sort()
      const latest = names.filter((name) => name.startsWith('snapshot-')).at(-1)
      const first = latest === undefined ? 0 : revisionOf(latest)
      if (latest !== undefined) {
        for (const record of readRecords(join(dir, latest)).records) {
          apply(record)
          lastRevision = Math.max(lastRevision, record.r)
        }
      }
      const journals = names.filter((name) => name.startsWith('journal-') && revisionOf(name) >= first)
      // A crash in the middle of a compaction leaves the snapshot's predecessor too: its records are older and skipped.
      const replay = latest === undefined ? names.filter((name) => name.startsWith('journal-')) : journals
      for (const name of replay) {
        const { records, tornAt } = readRecords(join(dir, name))
        for (const record of records) {
          if (record.r <= lastRevision) continue
          // Revisions have no gaps, so a gap is a record that is lost.
          if (record.r !== Math.max(lastRevision, 1) + 1)
            throw damaged(join(dir, name), `revision ${lastRevision + 1} is missing`)
          apply(record)
          lastRevision = record.r
        }
        if (tornAt !== undefined) truncate(join(dir, name), tornAt)
      }
      openAt(replay.at(-1) ?? fileName('journal', lastRevision))
    },

    append(record) {
      if (syncFailure) throw new Error(`the journal in ${dir} cannot be written to the disk: ${syncFailure.message}`)
      // Before the record, not after it: the caller applies it when this returns, so a snapshot would be without it.
      if (size > compactAt) compact()
      const line = `${JSON.stringify(record)}\n`
      try {
        size += writeAll(file, line)
      } catch (error) {
        // Half a line must not stay in front of the next write.
        ftruncateSync(file, size)
        throw error
      }
      lastRevision = record.r
      syncSoon()
    },

    stop() {
      syncing?.cancel()
      if (file >= 0) {
        fsyncSync(file)
        closeSync(file)
      }
      file = -1
    },
  }
}

function fileName(kind: 'journal' | 'snapshot', revision: number): string {
  return `${kind}-${String(revision).padStart(16, '0')}.jsonl`
}

function revisionOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0)
}

/** Makes a rename last: the entry of a file is in its folder. */
function syncFolder(dir: string) {
  const folder = openSync(dir, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function damaged(path: string, why: string): Error {
  return new Error(
    `${path} is damaged: ${why}. Nothing was changed. Restore the folder from a copy, or remove it to begin with an empty cluster.`,
  )
}

function truncate(path: string, bytes: number) {
  const file = openSync(path, 'r+')
  ftruncateSync(file, bytes)
  closeSync(file)
}

/** Reads the records of a file. A last line that a crash tore off is left out; damage before it is an error. */
function readRecords(path: string): { records: JournalRecord[]; tornAt?: number } {
  const bytes = readFileSync(path)
  const records: JournalRecord[] = []
  let start = 0
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start)
    if (end < 0) return { records, tornAt: start }
    try {
      records.push(JSON.parse(bytes.toString('utf8', start, end)))
    } catch (error) {
      if (end === bytes.length - 1) return { records, tornAt: start }
      throw damaged(path, `at byte ${start}: ${String(error)}`)
    }
    start = end + 1
  }
  return { records }
}
