import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { documentState, sameState } from '../../../worker/documents/document-state.ts'

/** What a document that took all of it over at once would say. */
const freshState = (doc: Y.Doc) => {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return documentState(copy)
}

test('SYNC-3: a state is that of this very moment, also in the middle of a change', () => {
  const doc = new Y.Doc()
  const text = doc.getText('text')
  const right: boolean[] = []
  const look = (): void => void right.push(sameState(documentState(doc), freshState(doc)))
  look()
  // Some ask as the change is made, some as it is told of, and some change more then.
  text.observe(look)
  doc.on('update', look)
  doc.on('afterAllTransactions', look)
  text.observe(() => {
    if (text.length === 3) text.insert(0, 'more ')
  })
  text.insert(0, 'one')
  look()
  text.delete(0, 2)
  look()
  doc.transact(() => {
    text.insert(0, 'two')
    look()
    text.insert(0, 'three')
  })
  look()
  expect(right.length).toBeGreaterThan(10)
  expect(right.every(isRight => isRight)).toBe(true)
})

test('a state that nothing changed is not computed again', () => {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'words')
  const before = documentState(doc)
  expect(documentState(doc)).toBe(before)
  doc.getText('text').delete(0, 1)
  expect(sameState(documentState(doc), before)).toBe(false)
})
