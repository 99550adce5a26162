import { toBase64url } from '../../protocol/bytes.ts'
import type { LeftEdits } from './edit-stash.ts'
import type { EditHolder } from './unstored-edits.ts'

/** Which note, and the workspace that it is in as far as the page knows. */
export type NotePlace = Pick<LeftEdits, 'note' | 'workspace'>

export interface Words {
  readonly text: string
  /** The ends of the selection, in UTF-16 code units from the start of the text. */
  readonly anchor: number
  readonly head: number
  /** Keys still go where they were typed. */
  readonly focused: boolean
}

/** The plain field in which they are typed. */
export interface WordsField {
  read(): Words
  /** Resolves as soon as no input method is in the middle of a word. */
  composed(): Promise<void>
  /** Takes no more keys. */
  freeze(): void
  /** Nobody needs it any more. */
  done(): void
}

/**
 * What is typed into a new note before its editor is there. They go one way, and once: into that editor; or, where the
 * person leaves before, as the first step of an editor that nobody sees, in this page or the next one.
 */
export interface FirstWords extends EditHolder {
  /** Hands them over as soon as no input method is in the middle of a word, unless they went the other way. */
  handOver(take: (words: Words) => void): Promise<void>
  /** For an editor that nobody sees; null where there are none, or the note's own editor has them. */
  leave(): LeftEdits | null
}

/** `onHandedOver` is called in the same turn in which the editor took them. */
export const createFirstWords = (
  { note, workspace }: NotePlace,
  field: WordsField,
  onHandedOver: () => void,
): FirstWords => {
  let handedOver = false
  let left: LeftEdits | null = null

  return {
    note,
    allStored: () => handedOver || field.read().text === '',
    handOver: async take => {
      await field.composed()
      if (handedOver || left) return
      handedOver = true
      take(field.read())
      onHandedOver()
    },
    leave: () => {
      const { text } = field.read()
      if (handedOver || left || text === '') return left
      // Another page may have them from here on: one more key would belong to both.
      field.freeze()
      const editor = toBase64url(crypto.getRandomValues(new Uint8Array(9)))
      // What CodeMirror writes for "these lines, into an empty text".
      const changes = [[0, ...text.split('\n')]]
      left = { note, workspace, edits: { editor, base: '', edits: [{ changes, own: true, count: 1 }] } }
      return left
    },
  }
}
