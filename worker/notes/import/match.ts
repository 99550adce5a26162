import type { DocumentId } from '../../../protocol/ids.ts'
import { exportPaths } from '../export/export-paths.ts'
import { cleanPath } from '../file-path.ts'
import type { Home } from '../home.ts'
import { locationOf } from './file-kind.ts'

/** What a file is to the notes that are here. */
type Match =
  | { readonly type: 'unchanged' }
  /** The file changed since it was imported, and the note did not: `hash` is of the text that both had. */
  | { readonly type: 'update'; readonly note: DocumentId; readonly hash: string }
  /** Nothing says that these notes have the file's text; only their texts themselves can tell. */
  | { readonly type: 'look'; readonly notes: readonly DocumentId[] }
  | { readonly type: 'add' }

export interface Matcher {
  /** Everywhere that a file would find its note. */
  known(): ReadonlySet<string>
  match(path: string, trashed: boolean, hash: string): Match
  /** A note was made from a file. */
  added(note: DocumentId, path: string, trashed: boolean, hash: string): void
}

interface Hashes {
  readonly text: string | undefined
  readonly source: string | undefined
}

/**
 * Files find their notes by the path under which an export would write the note now, or from which it was imported,
 * and by the hash of the text. One file never changes a note that another file of the same import stands for.
 */
export const createMatcher = (home: Home): Matcher => {
  const byLocation = new Map<string, Set<DocumentId>>()
  const byForm = new Map<string, Set<DocumentId>>()
  const hashes = new Map<DocumentId, Hashes>()
  const claimed = new Set<DocumentId>()

  const put = (map: Map<string, Set<DocumentId>>, key: string, note: DocumentId): void => {
    const notes = map.get(key)
    if (notes) notes.add(note)
    else map.set(key, new Set([note]))
  }
  const place = (note: DocumentId, location: string): void => {
    put(byLocation, location, note)
    put(byForm, location.normalize('NFC'), note)
  }

  for (const [note, location] of exportPaths(home.entries())) {
    place(note, location)
    const entry = home.get(note)
    if (!entry) continue
    hashes.set(note, { text: entry.fields.summary?.hash, source: entry.fields.source?.hash })
    const path = cleanPath(entry.fields.path ?? '')
    if (path !== '') place(note, locationOf(path, entry.place === 'trash'))
  }

  const has = (note: DocumentId, hash: string): boolean => {
    const known = hashes.get(note)
    return known?.text === hash || known?.source === hash
  }

  return {
    known: () => new Set(byLocation.keys()),
    match: (path, trashed, hash) => {
      const location = locationOf(path, trashed)
      const exact = [...(byLocation.get(location) ?? [])]
      // Restored from the trash since: the copy in the trash has nothing to add.
      const restored = trashed ? [...(byLocation.get(path) ?? [])].filter(note => !claimed.has(note)) : []
      // The same name in another Unicode normal form, as macOS writes it, unless that is a file of its own.
      const alike = [...(byForm.get(location.normalize('NFC')) ?? [])].filter(note => !claimed.has(note))
      const same =
        exact.find(note => has(note, hash)) ??
        restored.find(note => has(note, hash)) ??
        (exact.length === 0 ? alike.find(note => has(note, hash)) : undefined)
      if (same !== undefined) {
        claimed.add(same)
        return { type: 'unchanged' }
      }
      const unclaimed = exact.filter(note => !claimed.has(note))
      for (const note of unclaimed) {
        const known = hashes.get(note)
        if (known?.source === undefined || known.source !== known.text) continue
        claimed.add(note)
        return { type: 'update', note, hash: known.source }
      }
      return unclaimed.length > 0 ? { type: 'look', notes: unclaimed } : { type: 'add' }
    },
    added: (note, path, trashed, hash) => {
      place(note, locationOf(path, trashed))
      hashes.set(note, { text: hash, source: hash })
      claimed.add(note)
    },
  }
}
