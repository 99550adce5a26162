import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { history, redo, undo } from '@codemirror/commands'
import { ChangeSet, EditorState, type Transaction } from '@codemirror/state'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import type { OpenDocument } from '../../../worker/documents/documents.ts'
import { createNoteText, type NoteText } from '../../../worker/notes/note-text.ts'
import { readText, textOf } from '../../../worker/notes/y-text.ts'
import { createMemoryDocuments } from '../../support/memory-documents.ts'
import { type Dice, seededDice, seededRandom } from '../../support/seeded.ts'

const NOTE = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** A tab's editor, with a line to the authority that it uses only when told to. */
const createEditor = (authority: NoteText, name: string) => {
  let state = EditorState.create({
    doc: authority.text(),
    extensions: [
      EditorState.lineSeparator.of('\n'),
      history(),
      collab({ startVersion: authority.version(), clientID: name }),
    ],
  })
  let counted = 0
  const dispatch = (transaction: Transaction): void => {
    state = transaction.state
  }
  const editor = {
    text: () => state.doc.toString(),
    replace: (from: number, to: number, insert: string) =>
      dispatch(state.update({ changes: { from, to, insert } })),
    undo: () => undo({ state, dispatch }),
    redo: () => redo({ state, dispatch }),
    receive: () => {
      const updates = authority.since(getSyncedVersion(state)) ?? []
      counted += updates.filter(({ clientID }) => clientID === name).length
      dispatch(
        receiveUpdates(
          state,
          updates.map(({ clientID, changes }) => ({ clientID, changes: ChangeSet.fromJSON(changes) })),
        ),
      )
    },
    /** Whether the authority took it. */
    send: (): boolean => {
      const updates = sendableUpdates(state).map(({ clientID, changes }, index) => ({
        clientID,
        count: counted + index + 1,
        changes: changes.toJSON(),
      }))
      if (updates.length === 0) return true
      const answer = authority.edit(getSyncedVersion(state), updates)
      if (!answer.ok) throw new Error(answer.error.message)
      return answer.value.accepted
    },
    settle: () => {
      for (let tries = 0; tries < 3; tries++) {
        editor.receive()
        if (editor.send()) break
      }
      editor.receive()
    },
  }
  return editor
}

const SCRAPS = ['a', 'word ', '\n', '- item\n', '😀', '👩‍👩‍👧', 'é', '𝒳y', '\n\n# h\n', 'zzzzzzzz']
const boundary = (text: string, at: number): number =>
  at > 0 && /[\uDC00-\uDFFF]/.test(text[at] ?? '') && /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') ? at - 1 : at

const someEdit = (dice: Dice, text: string) => {
  const a = dice.below(text.length + 1)
  const b = Math.min(text.length, a + dice.below(6))
  const from = boundary(text, a)
  const to = boundary(text, b)
  const insert = dice.below(4) === 0 ? '' : dice.pick(SCRAPS)
  return { from, to: Math.max(from, dice.below(2) === 0 ? from : to), insert }
}

const play = (open: OpenDocument, seed: number): void => {
  const dice = seededDice(seed)
  const authority = createNoteText({ open, random: seededRandom(seed) })
  const remote = new Y.Doc()
  const remoteText = textOf(remote)
  Y.applyUpdate(remote, Y.encodeStateAsUpdate(open.doc))
  const editors = [createEditor(authority, `one ${seed}`), createEditor(authority, `two ${seed}`)]
  const exchange = (from: Y.Doc, to: Y.Doc): void =>
    Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)), 'remote')

  for (let step = 0; step < 30; step++) {
    const editor = dice.pick(editors)
    const action = dice.below(12)
    if (action < 4) {
      const { from, to, insert } = someEdit(dice, editor.text())
      editor.replace(from, to, insert)
    } else if (action < 6) {
      const { from, to, insert } = someEdit(dice, remoteText.toString())
      if (to > from) remoteText.delete(from, to - from)
      if (insert) remoteText.insert(from, insert)
    } else if (action === 6) editor.undo()
    else if (action === 7) editor.redo()
    else if (action === 8) editor.receive()
    else if (action === 9) editor.send()
    else if (action === 10) exchange(remote, open.doc)
    else exchange(open.doc, remote)
  }

  exchange(remote, open.doc)
  for (const editor of [...editors, ...editors]) editor.settle()
  exchange(open.doc, remote)
  const texts = [...editors.map(editor => editor.text()), authority.text(), remoteText.toString()]
  expect(new Set([...texts, readText(textOf(open.doc))]).size, `seed ${seed}: ${JSON.stringify(texts)}`).toBe(
    1,
  )
  authority.close()
}

test('two tabs and a remote device end with the same text, whatever they type, undo and redo', async () => {
  const documents = createMemoryDocuments()
  const runs = Number(process.env.FUZZ_RUNS ?? 2000)
  for (let seed = 1; seed <= runs; seed++) {
    const open = await documents.open(NOTE)
    textOf(open.doc).insert(0, 'A first line 😀\nand a second\n')
    play(open, seed)
    open.release()
    documents.disk.clear()
  }
}, 60_000)
