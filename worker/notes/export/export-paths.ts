import type { DocumentId } from '../../../protocol/ids.ts'
import { cleanFolder, cleanPath, nameFromTitle, splitExtension, TRASH_FOLDER } from '../file-path.ts'
import type { NoteEntry } from '../home-index.ts'

/** How file systems that ignore case and normal forms see a path. */
const seenAs = (path: string): string => path.normalize('NFC').toLowerCase()

const inPlace = (entry: NoteEntry, path: string): string =>
  entry.place === 'trash' ? `${TRASH_FOLDER}/${path}` : path

const byAge = (a: NoteEntry, b: NoteEntry): number =>
  (a.fields.created ?? 0) - (b.fields.created ?? 0) || (a.id < b.id ? -1 : 1)

/**
 * The path under which each note is exported: that of the file it came from, or one made from folder and title.
 * Unique, and the same as long as the notes are the same.
 */
export const exportPaths = (entries: Iterable<NoteEntry>): Map<DocumentId, string> => {
  const present = [...entries].filter(({ place }) => place !== 'gone').sort(byAge)
  const paths = new Map<DocumentId, string>()
  const exact = new Set<string>()
  const seen = new Set<string>()
  const take = (entry: NoteEntry, path: string): void => {
    paths.set(entry.id, path)
    exact.add(path)
    seen.add(seenAs(path))
  }
  /** Where the search for a free number goes on: thousands of notes may share a title. */
  const nextNumbers = new Map<string, number>()
  const free = (path: string): string => {
    if (!seen.has(seenAs(path))) return path
    const [stem, extension] = splitExtension(path)
    const isTaken = (number: number): boolean => seen.has(seenAs(`${stem} ${number}${extension}`))
    let number = nextNumbers.get(seenAs(path)) ?? 2
    while (isTaken(number)) number++
    nextNumbers.set(seenAs(path), number + 1)
    return `${stem} ${number}${extension}`
  }
  // Paths that once were files come first and stay as they were, even where they differ in case only.
  const named = present.map(entry => [entry, cleanPath(entry.fields.path ?? '')] as const)
  const again: (readonly [NoteEntry, string])[] = []
  for (const [entry, path] of named) {
    if (path === '') continue
    const whole = inPlace(entry, path)
    if (exact.has(whole)) again.push([entry, whole])
    else take(entry, whole)
  }
  for (const [entry, path] of again) take(entry, free(path))
  for (const [entry, path] of named) {
    if (path !== '') continue
    const folder = cleanFolder(entry.fields.folder ?? '')
    const name = `${nameFromTitle(entry.row.title)}.md`
    take(entry, free(inPlace(entry, folder === '' ? name : `${folder}/${name}`)))
  }
  return paths
}
