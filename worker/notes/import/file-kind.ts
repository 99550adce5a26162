import { cleanPath, nameOf, TRASH_FOLDER } from '../file-path.ts'

/** What to do with a file, judged by its path alone. */
export type FileKind =
  | { readonly kind: 'note'; readonly path: string; readonly trashed: boolean }
  /** Made by a system or a program for itself; nobody misses it. */
  | { readonly kind: 'junk' }
  | { readonly kind: 'other'; readonly reason: string }

const NOTE_FILE = /\.(?:md|markdown|txt)$/i
const JUNK_FILE = /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini|Icon)$/i
const JUNK_FOLDER = /^(?:__MACOSX|\..*)$/

export const isZip = (path: string): boolean => /\.zip$/i.test(path)

export const fileKind = (path: string): FileKind => {
  const names = cleanPath(path).split('/')
  const folders = names.slice(0, -1)
  const name = names.at(-1) ?? ''
  const open = folders.filter(folder => folder !== TRASH_FOLDER)
  if (open.some(folder => JUNK_FOLDER.test(folder)) || JUNK_FILE.test(name)) return { kind: 'junk' }
  if (!NOTE_FILE.test(name)) {
    if (name.startsWith('.')) return { kind: 'junk' }
    if (name === '') return { kind: 'other', reason: 'It has no name.' }
    const inFolder = path !== nameOf(path)
    if (isZip(name) && inFolder)
      return { kind: 'other', reason: 'A zip archive inside of a folder is not opened. Choose it by itself.' }
    return { kind: 'other', reason: 'It is not a Markdown or text file.' }
  }
  return { kind: 'note', path: [...open, name].join('/'), trashed: open.length < folders.length }
}

/** Where a file or note is in an export: what identifies it. */
export const locationOf = (path: string, trashed: boolean): string =>
  trashed ? `${TRASH_FOLDER}/${path}` : path
