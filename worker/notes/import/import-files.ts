import type { ImportSource } from '../../../protocol/commands.ts'
import { MAX_NOTE_LENGTH } from '../../../protocol/limits.ts'
import { fail, ok, type Result } from '../../../protocol/result.ts'
import { fileKind, isZip, locationOf } from './file-kind.ts'
import { readDirectory, readEntry, type ZipEntry } from './zip-archive.ts'

/** A file that may become a note. */
export interface NoteFile {
  /** As the person knows it. */
  readonly shown: string
  readonly path: string
  readonly trashed: boolean
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number | null
  read(): Promise<Result<Uint8Array>>
}

export interface FailedFile {
  readonly path: string
  readonly reason: string
}

/** The files of one choice of the person, or of one archive. */
export interface FileGroup {
  readonly files: readonly NoteFile[]
  readonly failed: readonly FailedFile[]
}

/** The most that a text of the longest note can take, in any encoding. */
const MAX_FILE_BYTES = MAX_NOTE_LENGTH * 3 + 3
/** All files of one archive together: entries that share their bytes could otherwise unpack without end. */
const MAX_ARCHIVE_BYTES = 2 ** 30

const UNREADABLE = 'It could not be read. It may have been moved or changed since it was chosen.'

const readSource = async (source: ImportSource): Promise<Result<Uint8Array>> => {
  try {
    return ok(new Uint8Array(await source.file.arrayBuffer()))
  } catch {
    return fail('unreadable', UNREADABLE) // the browser's own words help nobody here
  }
}

interface Candidate {
  readonly shown: string
  readonly path: string
  readonly size: number
  readonly modified: number | null
  read(): Promise<Result<Uint8Array>>
}

/**
 * A folder that was exported from here, unpacked and chosen again, brings its own name as one more folder on top.
 * It is taken off where more files find their notes without it.
 */
const withoutTop = (paths: readonly string[], known: ReadonlySet<string>): ((path: string) => string) => {
  const keep = (path: string): string => path
  const tops = new Set(paths.map(path => path.split('/')[0]))
  if (tops.size !== 1 || paths.some(path => !path.includes('/'))) return keep
  const strip = (path: string): string => path.slice(path.indexOf('/') + 1)
  const matches = (change: (path: string) => string): number =>
    paths.filter(path => {
      const kind = fileKind(change(path))
      return kind.kind === 'note' && known.has(locationOf(kind.path, kind.trashed))
    }).length
  return matches(strip) > matches(keep) ? strip : keep
}

const sort = (candidates: readonly Candidate[], known: ReadonlySet<string>): FileGroup => {
  const files: NoteFile[] = []
  const failed: FailedFile[] = []
  const adjust = withoutTop(
    candidates.map(({ path }) => path),
    known,
  )
  for (const candidate of candidates) {
    const kind = fileKind(adjust(candidate.path))
    if (kind.kind === 'other') failed.push({ path: candidate.shown, reason: kind.reason })
    else if (kind.kind === 'note') {
      if (candidate.size > MAX_FILE_BYTES)
        failed.push({ path: candidate.shown, reason: 'It is too long for a note.' })
      else files.push({ ...candidate, path: kind.path, trashed: kind.trashed })
    }
  }
  return { files, failed }
}

const openArchive = async (source: ImportSource, known: ReadonlySet<string>): Promise<FileGroup> => {
  const archive = await readSource(source)
  const directory = archive.ok ? readDirectory(archive.value) : archive
  if (!archive.ok || !directory.ok) {
    const reason = directory.ok ? UNREADABLE : directory.error.message
    return { files: [], failed: [{ path: source.path, reason }] }
  }
  let unpacked = 0
  const read = async (entry: ZipEntry): Promise<Result<Uint8Array>> => {
    const size = Math.min(entry.size, MAX_FILE_BYTES)
    if (unpacked + size > MAX_ARCHIVE_BYTES)
      return fail('too-large', 'The archive unpacks to more than Holdfast opens at once.')
    unpacked += size
    const bytes = readEntry(archive.value, entry, MAX_FILE_BYTES)
    return bytes.ok ? bytes : fail(bytes.error.code, bytes.error.message)
  }
  const candidates = directory.value.map(entry => ({
    shown: `${source.path}: ${entry.name}`,
    path: entry.name.replaceAll('\\', '/').replace(/^\/+/, ''),
    size: entry.size,
    modified: entry.modified,
    read: () => read(entry),
  }))
  return sort(candidates, known)
}

/** Sorts what was chosen, opening one archive after the other. `known`: locations that have a note already. */
export async function* importFiles(
  sources: readonly ImportSource[],
  known: ReadonlySet<string>,
): AsyncIterable<FileGroup> {
  const isArchive = (source: ImportSource): boolean => !source.path.includes('/') && isZip(source.path)
  const plain = sources.filter(source => !isArchive(source))
  const candidates = plain.map(source => ({
    shown: source.path,
    path: source.path,
    size: source.file.size,
    modified: source.file.lastModified ?? null,
    read: () => readSource(source),
  }))
  if (candidates.length > 0) yield sort(candidates, known)
  for (const source of sources.filter(isArchive)) yield await openArchive(source, known)
}
