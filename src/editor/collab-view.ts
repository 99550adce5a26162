import { collab } from '@codemirror/collab'
import {
  type Annotation,
  type ChangeSet,
  Compartment,
  EditorState,
  type Extension,
  StateEffect,
  type Text,
  Transaction,
} from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { selectionReading } from './selection-reading.ts'
import { diffTexts } from './text-diff.ts'

interface Deps {
  /** Names the editor in every step that it makes. */
  readonly editor: string
  /** What the editor is made of, besides the sync. */
  readonly extensions: Extension
  readonly root: ShadowRoot
  /** Somebody edited, here or in another tab: the editor is about to show it. */
  onChange(state: EditorState): void
  /** It shows it now. */
  onEdited(): void
}

/** Collab leaves a step out that changes nothing any more; with this it goes up, so that those after it keep their names. */
const doneAgain = StateEffect.define<null>()

const SILENT: readonly Annotation<unknown>[] = [
  Transaction.addToHistory.of(false) as Annotation<unknown>,
  Transaction.remote.of(true) as Annotation<unknown>,
]

const writableIf = (writable: boolean): Extension => EditorState.readOnly.of(!writable)

/** Makes an editor that counts its text's versions as the worker does, and can be given the text anew. */
export const createCollabView = ({ editor, extensions, root, onChange, onEdited }: Deps) => {
  const sync = new Compartment()
  const access = new Compartment()
  const reading = selectionReading(root)
  /** While the text is replaced, the editor is not the one that knows what is unconfirmed. */
  let replacing = false

  const syncAt = (version: number): Extension =>
    collab({
      startVersion: version,
      clientID: editor,
      sharedEffects: ({ effects }) => effects.filter(effect => effect.is(doneAgain)),
    })

  /** Does own edits again, one by one: each goes up as the step that it was. */
  const doAgain = (on: EditorView, steps: readonly ChangeSet[]): void => {
    for (const changes of steps)
      on.dispatch({
        changes,
        effects: doneAgain.of(null),
        annotations: Transaction.addToHistory.of(false),
        filter: false,
      })
  }

  return {
    open: (text: Text, version: number, writable: boolean): EditorView =>
      new EditorView({
        state: EditorState.create({
          doc: text,
          extensions: [
            EditorState.lineSeparator.of('\n'),
            sync.of(syncAt(version)),
            access.of(writableIf(writable)),
            EditorView.updateListener.of(update => {
              if (update.docChanged && !replacing) onEdited()
            }),
            extensions,
          ],
        }),
        root,
        dispatchTransactions: (transactions, on) => {
          const last = transactions.at(-1)
          if (last && !replacing && transactions.some(({ docChanged }) => docChanged)) onChange(last.state)
          reading.duringChange(() => on.update(transactions))
        },
      }),
    setWritable: (on: EditorView, writable: boolean): void =>
      on.dispatch({ effects: access.reconfigure(writableIf(writable)) }),
    doAgain,
    /** Puts the worker's text in place of what the editor has, and on top of it what the worker's is still missing. */
    replaceText: (on: EditorView, fresh: Text, version: number, steps: readonly ChangeSet[]): void => {
      const before = on.state
      const after = steps.reduce((text, changes) => changes.apply(text), fresh)
      const selection = before.selection.map(diffTexts(before.doc, after))
      replacing = true
      // Taking collab out and in again is the only way to give it another version.
      on.dispatch({ effects: sync.reconfigure([]) })
      on.dispatch({ changes: diffTexts(before.doc, fresh), annotations: SILENT })
      on.dispatch({ effects: sync.reconfigure(syncAt(version)) })
      doAgain(on, steps)
      on.dispatch({ selection })
      replacing = false
    },
  }
}
