import { clip, wellFormed } from './note-content.ts'

/** Names of files and folders as they go into and out of the workspace. All paths use `/`. */

/** Trashed notes are exported below this folder, and files below it are imported into the trash. */
export const TRASH_FOLDER = '.trash'

const MAX_NAME_LENGTH = 1000
const MAX_DEPTH = 60
const MAX_TITLE_NAME_LENGTH = 80

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a name
const CONTROL = /[\u0000-\u001f\u007f]/g
const EXTENSION = /\.[^./\s]{1,16}$/
const RESERVED_ON_WINDOWS = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not get into a name
const UNSAFE_IN_NAMES = /[\u0000-\u001f\u007f\\/:*?"<>|#^[\]]/g

const shorten = (name: string): string => {
  if (name.length <= MAX_NAME_LENGTH) return name
  const extension = EXTENSION.exec(name)?.[0] ?? ''
  return clip(name, MAX_NAME_LENGTH - extension.length) + extension
}

/**
 * A path that stays below its top and can be stored, shown and written into an archive; '' where nothing is left.
 * Cleaning a clean path changes nothing, which is what lets an exported file find its note again.
 */
export const cleanPath = (path: string): string => {
  const names = wellFormed(path)
    .replace(CONTROL, '')
    .split(/[\\/]/)
    .filter(name => name !== '' && name !== '.' && name !== '..')
  if (/^[a-z]:$/i.test(names[0] ?? '')) return cleanPath(names.slice(1).join('/'))
  const kept = names.length > MAX_DEPTH ? [...names.slice(0, MAX_DEPTH - 1), ...names.slice(-1)] : names
  return kept.map(shorten).join('/')
}

/** A folder that is not hidden: a hidden one would be passed over when it is imported again. */
export const cleanFolder = (folder: string): string =>
  cleanPath(folder)
    .split('/')
    .map(name => name.replace(/^\.+/, ''))
    .filter(name => name !== '')
    .join('/')

export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Splits into what a number may be put behind, and the extension with its dot. */
export const splitExtension = (path: string): readonly [stem: string, extension: string] => {
  const extension = EXTENSION.exec(path)?.[0] ?? ''
  return [path.slice(0, path.length - extension.length), extension]
}

/** A file name without extension that every common file system takes, made from a note's title. */
export const nameFromTitle = (title: string): string => {
  const plain = wellFormed(title).normalize('NFC').replace(UNSAFE_IN_NAMES, ' ').replace(/\s+/g, ' ')
  const name = clip(plain.trim().replace(/^[._~\s]+/, ''), MAX_TITLE_NAME_LENGTH).replace(/[.\s]+$/, '')
  if (name === '') return 'Untitled'
  return RESERVED_ON_WINDOWS.test(name) ? `${name} note` : name
}
