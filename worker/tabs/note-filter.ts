import type { NoteRow } from '../../protocol/notes.ts'

/** Without case and diacritics, so that `cafe` finds `Café`. */
const fold = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

// Rows are the same objects as long as they do not change, and lists are filtered at every keystroke.
const folded = new WeakMap<NoteRow, string>()

const foldedRow = (row: NoteRow): string => {
  const known = folded.get(row)
  if (known !== undefined) return known
  const text = fold(`${row.title}\n${row.excerpt}\n${row.folder}`)
  folded.set(row, text)
  return text
}

/** A row matches where every word of the filter is somewhere in its title, excerpt or folder. */
export const noteFilter = (filter: string): ((row: NoteRow) => boolean) => {
  const words = fold(filter)
    .split(/\s+/)
    .filter(word => word !== '')
  return row => {
    if (words.length === 0) return true
    const text = foldedRow(row)
    return words.every(word => text.includes(word))
  }
}
