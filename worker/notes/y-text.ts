import * as Y from 'yjs'
import { type DocumentId, documentBytes } from '../../protocol/ids.ts'
import { PLACEHOLDER, type Replacement } from './text-changes.ts'

/** A note's text is the root type of this name in the note's own document. */
export const textOf = (doc: Y.Doc): Y.Text => doc.getText('text')

/**
 * The text with a placeholder for every unit that is not text, so that positions are those of Yjs.
 * `toString` would leave such units out.
 */
export const readText = (text: Y.Text): string => {
  let result = ''
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    result += item.content instanceof Y.ContentString ? item.content.str : PLACEHOLDER.repeat(item.length)
  }
  return result
}

/** Replaces from the end on, so that the positions before stay true. */
export const replaceInText = (text: Y.Text, replacements: readonly Replacement[]): void => {
  for (const { from, to, insert } of [...replacements].reverse()) {
    if (to > from) text.delete(from, to - from)
    if (insert !== '') text.insert(from, insert)
  }
}

/** The first state of a new note, as one Yjs update: the same one each time, so that making a note twice doubles nothing. */
export const newNoteUpdate = (note: DocumentId, text: string): Uint8Array => {
  const doc = new Y.Doc()
  doc.clientID = new DataView(documentBytes(note).buffer).getUint32(0)
  if (text !== '') textOf(doc).insert(0, text)
  const update = Y.encodeStateAsUpdate(doc)
  doc.destroy()
  return update
}
