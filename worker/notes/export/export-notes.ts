import { Zip, ZipDeflate, ZipPassThrough } from 'fflate'
import type { Outcomes } from '../../../protocol/commands.ts'
import type { DocumentId } from '../../../protocol/ids.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Home } from '../home.ts'
import { nextTurn } from '../next-turn.ts'
import { hashText } from '../note-content.ts'
import type { NoteDocuments } from '../note-documents.ts'
import type { TransferProgress } from '../transfer.ts'
import { readText, textOf } from '../y-text.ts'
import { exportPaths } from './export-paths.ts'

interface Deps {
  readonly documents: NoteDocuments
  readonly home: Home
  readonly clock: Clock
  readonly progress: TransferProgress
}

// The archive's directory counts its files in 16 bits.
const MAX_FILES = 65_000
const CHUNK_BYTES = 256 * 1024
/** Parts are handed to the browser, which may keep them on disk, before they fill the memory. */
const PART_BYTES = 8 * 1024 * 1024
const NOTES_PER_TURN = 50
// A zip archive cannot say earlier or later, and the day is in local time: a day's distance from either end.
const EARLIEST = Date.UTC(1980, 0, 2)
const LATEST = Date.UTC(2099, 11, 30)

/** A reader drops one byte order mark, so a text that begins with one is given a second. */
const fileBytes = (text: string): Uint8Array =>
  new TextEncoder().encode(text.startsWith('\uFEFF') ? `\uFEFF${text}` : text)

/** All notes as a zip of Markdown files, those in the trash below `.trash/`. Errors: `too-many-notes`. */
export const exportNotes = async (deps: Deps): Promise<Result<Outcomes['export-notes']>> => {
  const { documents, home, clock, progress } = deps
  const paths = [...exportPaths(home.entries())]
  if (paths.length > MAX_FILES)
    return fail(
      'too-many-notes',
      `One archive holds at most ${MAX_FILES} notes. Your notes are safe where they are.`,
    )

  let archive = new Blob([])
  let parts: Uint8Array<ArrayBuffer>[] = []
  let partBytes = 0
  const gather = (): void => {
    archive = new Blob([archive, ...parts], { type: 'application/zip' })
    parts = []
    partBytes = 0
  }
  let failure: Error | null = null
  const zip = new Zip((error, chunk) => {
    failure ??= error
    parts.push(new Uint8Array(chunk))
    partBytes += chunk.length
    if (partBytes >= PART_BYTES) gather()
  })

  const hashOfNothing = await hashText('')
  /** Null where the list knows of a text that is not here: an empty file would pass for the note. */
  const readNote = async (id: DocumentId): Promise<Uint8Array | null> => {
    const open = await documents.openInBackground(id)
    try {
      const text = readText(textOf(open.doc)).replace(/\r\n?/g, '\n')
      const known = home.get(id)?.fields.summary?.hash ?? hashOfNothing
      return text === '' && known !== hashOfNothing ? null : fileBytes(text)
    } finally {
      open.release()
    }
  }

  const add = (path: string, bytes: Uint8Array, updated: number): void => {
    const entry = bytes.length === 0 ? new ZipPassThrough(path) : new ZipDeflate(path, { level: 6 })
    entry.mtime = new Date(Math.min(LATEST, Math.max(EARLIEST, updated)))
    zip.add(entry)
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
      entry.push(bytes.slice(at, at + CHUNK_BYTES), false)
    entry.push(new Uint8Array(0), true)
  }

  let missing = 0
  for (const [done, [id, path]] of paths.entries()) {
    if (progress.cancelled()) return ok({ archive: null, notes: 0, missing: 0 })
    progress.report(done, paths.length)
    const bytes = await readNote(id)
    if (bytes) add(path, bytes, home.get(id)?.row.updated ?? clock.now())
    else missing += 1
    if (failure) throw failure
    if (done % NOTES_PER_TURN === NOTES_PER_TURN - 1) await nextTurn(clock)
  }
  zip.end()
  if (failure) throw failure
  gather()
  progress.report(paths.length, paths.length)
  return ok({ archive, notes: paths.length - missing, missing })
}
