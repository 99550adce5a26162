import type { ImportReport, ImportSource } from '../../../protocol/commands.ts'
import type { DocumentId } from '../../../protocol/ids.ts'
import { MAX_NOTE_LENGTH } from '../../../protocol/limits.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import { StorageRefused } from '../../documents/documents.ts'
import type { Clock } from '../../platform/clock.ts'
import type { FreeSpace } from '../../platform/disk-space.ts'
import { type Random, randomId } from '../../platform/random.ts'
import { folderOf } from '../file-path.ts'
import type { Home, HomeChange } from '../home.ts'
import { nextTurn } from '../next-turn.ts'
import { asNoteText, hashText } from '../note-content.ts'
import type { NoteDocuments } from '../note-documents.ts'
import { inParallel } from '../parallel.ts'
import { summarise } from '../summary.ts'
import { diffText } from '../text-diff.ts'
import type { TransferProgress } from '../transfer.ts'
import { newNoteUpdate, readText, replaceInText, textOf } from '../y-text.ts'
import { decodeText } from './decode-text.ts'
import { type FailedFile, importFiles, type NoteFile } from './import-files.ts'
import { createMatcher } from './match.ts'
import { bytesNeeded, roomForImport } from './room-for-import.ts'

interface Deps {
  readonly documents: NoteDocuments
  readonly home: Home
  readonly clock: Clock
  readonly random: Random
  readonly progress: TransferProgress
  readonly freeSpace: FreeSpace
}

/** A batch is read, decided on in order, stored, and then named in the home document by one transaction. */
const BATCH_FILES = 200
const BATCH_BYTES = 8 * 1024 * 1024
const WIDTH = 24

const STORAGE_FULL =
  'This device has no space left for it, and the files after it were not tried. What was imported so far is safe. Free some space and import again: nothing is doubled.'

interface ReadFile {
  readonly file: NoteFile
  readonly text: string
  readonly hash: string
}

const readFile = async (file: NoteFile): Promise<Result<ReadFile>> => {
  const bytes = await file.read()
  if (!bytes.ok) return bytes
  const decoded = decodeText(bytes.value)
  if (decoded === null) return fail('not-text', 'It is not text in UTF-8 or UTF-16.')
  const text = asNoteText(decoded)
  if (text.length > MAX_NOTE_LENGTH) return fail('too-long', 'It is too long for a note.')
  return ok({ file, text, hash: await hashText(text) })
}

const inBatches = function* (files: readonly NoteFile[]): Iterable<readonly NoteFile[]> {
  let batch: NoteFile[] = []
  let bytes = 0
  for (const file of files) {
    if (batch.length > 0 && (batch.length >= BATCH_FILES || bytes + file.size > BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(file)
    bytes += file.size
  }
  if (batch.length > 0) yield batch
}

/**
 * Makes notes of files. Importing the same files again changes nothing. Flush the notes first, so that the index
 * speaks of their texts as they are. Cancelling ends it between two files; what was added stays.
 * Errors: `newer-schema`, and those of `roomForImport`, before anything is written.
 */
export const importNotes = async (
  deps: Deps,
  sources: readonly ImportSource[],
  evenIfTight = false,
): Promise<Result<ImportReport>> => {
  const { documents, home, clock, random, progress } = deps
  const refused = home.refusal()
  if (refused) return fail(refused.code, refused.message)

  const matcher = createMatcher(home)
  let needed = 0
  for await (const { files } of importFiles(sources, matcher.known())) {
    if (progress.cancelled()) break
    needed += bytesNeeded(files)
  }
  const room = await roomForImport(needed, deps.freeSpace, evenIfTight)
  if (!room.ok) return room

  const failed: FailedFile[] = []
  let [added, updated, unchanged, done, total] = [0, 0, 0, 0, 0]
  let full = false
  const stopped = (): boolean => full || progress.cancelled()
  const finished = (): void => progress.report(++done, total)

  const summaryFor = ({ file, text, hash }: ReadFile) => {
    const when = Math.min(file.modified ?? clock.now(), clock.now())
    return { ...summarise(text), updated: Number.isFinite(when) && when >= 0 ? when : clock.now(), hash }
  }

  /** Takes the place at once, so that the next file finds it taken; the note itself is made when the work is due. */
  const add = (read: ReadFile): (() => Promise<HomeChange>) => {
    const note = randomId(random)
    matcher.added(note, read.file.path, read.file.trashed, read.hash)
    return () => make(note, read)
  }

  const make = async (note: DocumentId, read: ReadFile): Promise<HomeChange> => {
    const { file, text, hash } = read
    if (text !== '') await documents.create(note, newNoteUpdate(note, text))
    added++
    const summary = summaryFor(read)
    const folder = folderOf(file.path)
    return {
      note,
      fields: {
        created: summary.updated,
        summary,
        path: file.path,
        source: { hash },
        ...(folder === '' ? {} : { folder }),
        ...(file.trashed ? { trashed: clock.now() } : {}),
      },
    }
  }

  /** The text decides, not what the index says of it. */
  const change = async (read: ReadFile, note: DocumentId, importedHash: string): Promise<HomeChange> => {
    const open = await documents.openInBackground(note)
    try {
      const shared = textOf(open.doc)
      const before = readText(shared)
      const hash = await hashText(before)
      if (hash === read.hash) {
        unchanged++
        return { note, fields: { source: { hash } } }
      }
      if (hash !== importedHash || readText(shared) !== before) return await add(read)()
      open.doc.transact(() => replaceInText(shared, diffText(before, read.text)))
      updated++
      return { note, fields: { summary: summaryFor(read), source: { hash: read.hash } } }
    } finally {
      open.release()
    }
  }

  const look = async (read: ReadFile, notes: readonly DocumentId[]): Promise<HomeChange | null> => {
    for (const note of notes) {
      const open = await documents.openInBackground(note)
      const hash = await hashText(readText(textOf(open.doc)))
      open.release()
      if (hash !== read.hash) continue
      unchanged++
      return null
    }
    return await add(read)()
  }

  const decide = (read: ReadFile): (() => Promise<HomeChange | null>) => {
    const match = matcher.match(read.file.path, read.file.trashed, read.hash)
    switch (match.type) {
      case 'unchanged':
        return async () => {
          unchanged++
          return null
        }
      case 'update':
        return () => change(read, match.note, match.hash)
      case 'look':
        return () => look(read, match.notes)
      case 'add':
        return add(read)
    }
  }

  const importBatch = async (batch: readonly NoteFile[]): Promise<Result<null>> => {
    let written: Result<null> = ok(null)
    const results = new Map<NoteFile, Result<ReadFile>>()
    await inParallel(WIDTH, batch, async file => {
      if (!stopped()) results.set(file, await readFile(file))
    })
    const work: { readonly read: ReadFile; readonly act: () => Promise<HomeChange | null> }[] = []
    for (const file of batch) {
      const result = results.get(file)
      if (result?.ok) work.push({ read: result.value, act: decide(result.value) })
      else if (result) {
        failed.push({ path: file.shown, reason: result.error.message })
        finished()
      }
    }
    const changes: HomeChange[] = []
    try {
      await inParallel(WIDTH, work, async ({ read, act }) => {
        if (stopped()) return
        try {
          const change = await act()
          if (change) changes.push(change)
        } catch (error) {
          if (!(error instanceof StorageRefused)) throw error
          full = true
          failed.push({ path: read.file.shown, reason: STORAGE_FULL })
        }
        finished()
      })
    } finally {
      // Whatever went wrong with one file: the texts that are stored must not be left without their names.
      written = home.write(changes)
    }
    return written
  }

  for await (const group of importFiles(sources, matcher.known())) {
    if (stopped()) break
    failed.push(...group.failed)
    done += group.failed.length
    // An archive counts once it was opened: before, nobody knows how many files it has.
    total += group.failed.length + group.files.length
    progress.report(done, total)
    for (const batch of inBatches(group.files)) {
      if (stopped()) break
      const written = await importBatch(batch)
      if (!written.ok) return written
      await nextTurn(clock)
    }
  }
  return ok({ cancelled: progress.cancelled(), added, updated, unchanged, failed })
}
