import type { LeftEdits } from './edit-stash.ts'
import { createFirstWords, type FirstWords, type NotePlace, type WordsField } from './first-words.ts'
import type { NoteSessions } from './note-sessions.ts'
import type { EditingDeps } from './start-editing.ts'
import type { UnstoredEdits } from './unstored-edits.ts'

/** The editor, which is more than half of the page's code: loaded when a note is opened, or when there is time. */
export interface Editing {
  /** Rejects where its code cannot be loaded; then it may be tried again. */
  load(): Promise<NoteSessions>
  /** Loads it and has it ready before anybody asks; nothing where somebody has. */
  prepare(): Promise<void>
  /** Null as long as no note can have been open in this page. */
  loaded(): NoteSessions | null
  /** A new note can be written in: in a plain field until its editor is there. */
  begin(note: NotePlace, field: WordsField): FirstWords
  /** What was typed into a note before its editor was there, and is still in the field. */
  firstWords(note: string): FirstWords | null
  /** The person turned to something else before the editor was there: the words are stored without being shown. */
  leaveBehind(words: FirstWords): void
  /** All first words, for the page behind this one: none of them is taken over here any more. */
  leaveWords(): readonly LeftEdits[]
}

type Code = Pick<typeof import('./start-editing.ts'), 'startEditing' | 'warmUp'>

interface Deps {
  readonly code: () => Promise<Code>
  readonly page: Document
  readonly edits: Pick<UnstoredEdits, 'add' | 'remove'>
  /** What editing is started with. */
  readonly editing: () => EditingDeps
}

export const createEditing = ({ code, page, edits, editing }: Deps): Editing => {
  let notes: NoteSessions | null = null
  let loading: Promise<NoteSessions> | null = null
  /** Where words are that no editor has, and whether the person sees them. */
  const fields = new Map<FirstWords, { readonly field: WordsField; isBehind: boolean }>()

  const forget = (words: FirstWords): void => {
    const entry = fields.get(words)
    fields.delete(words)
    edits.remove(words)
    entry?.field.done()
  }

  /** An editor that nobody sees takes what was left behind. */
  const store = (words: FirstWords): void => {
    const left = words.leave()
    if (left) notes?.takeOver({ unstored: [left], settled: () => {} })
    forget(words)
  }

  const load = (): Promise<NoteSessions> => {
    loading ??= code().then(
      ({ startEditing }) => {
        notes = startEditing(editing())
        for (const [words, { isBehind }] of fields) if (isBehind) store(words)
        return notes
      },
      (error: unknown) => {
        loading = null
        throw error
      },
    )
    return loading
  }

  return {
    load,
    prepare: async () => {
      if (loading) return
      await load()
      const { warmUp } = await code()
      warmUp(page)
    },
    loaded: () => notes,
    begin: (note, field) => {
      const words = createFirstWords(note, field, () => forget(words))
      fields.set(words, { field, isBehind: false })
      edits.add(words)
      return words
    },
    firstWords: note => {
      for (const [words, { isBehind }] of fields) if (words.note === note && !isBehind) return words
      return null
    },
    leaveBehind: words => {
      const entry = fields.get(words)
      if (!entry) return
      entry.isBehind = true
      // Without the editor's code they wait for it, or for the page to be left.
      if (notes || words.leave() === null) store(words)
    },
    leaveWords: () => [...fields.keys()].flatMap(words => words.leave() ?? []),
  }
}
