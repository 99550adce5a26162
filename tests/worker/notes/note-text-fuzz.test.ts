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

test('the text is what Yjs has after each change, whatever others do to it, and whatever it is made of', async () => {
  const documents = createMemoryDocuments()
  const scraps = ['plain ', 'z', '\n', 'more words', '😀', '\ud83d', '\ude00', '\r\n', '\ufffc', '\ufffd']
  for (let seed = 1; seed <= 1000; seed++) {
    const dice = seededDice(seed)
    const open = await documents.open(NOTE)
    const shared = textOf(open.doc)
    shared.insert(0, dice.pick(['', 'words and more words', 'with a 😀 in it']))
    const authority = createNoteText({ open, random: seededRandom(seed) })
    const remotes = [new Y.Doc(), new Y.Doc()]
    const pick = () => (dice.below(3) > 0 ? dice.pick(scraps.slice(0, 4)) : dice.pick(scraps))
    for (let step = 0; step < 20; step++) {
      const remote = dice.pick(remotes)
      if (dice.below(2) === 0) Y.applyUpdate(remote, Y.encodeStateAsUpdate(open.doc))
      remote.transact(() => {
        for (let times = dice.below(3); times >= 0; times--) {
          const text = textOf(remote)
          const at = dice.below(text.length + 1)
          const length = Math.min(text.length - at, dice.below(5))
          const action = dice.below(8)
          if (action < 4) text.insert(at, pick())
          else if (action < 6) text.delete(at, length)
          else if (action === 6) text.insertEmbed(at, { picture: step })
          else text.format(at, length, { bold: true })
        }
      })
      Y.applyUpdate(open.doc, Y.encodeStateAsUpdate(remote), 'remote')
      expect(authority.text(), `seed ${seed}`).toBe(readText(shared))
      const at = dice.below(authority.text().length + 1)
      const insert = pick().split('\n')
      const rest = authority.text().length - at
      const changes = [...(at > 0 ? [at] : []), [0, ...insert], ...(rest > 0 ? [rest] : [])]
      authority.edit(authority.version(), [{ clientID: 'tab', changes }])
      expect(authority.text(), `seed ${seed}`).toBe(readText(shared))
    }
    authority.close()
    open.release()
    documents.disk.clear()
  }
})
