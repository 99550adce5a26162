import * as Y from 'yjs'
import type { Counts, Plan } from './speaker.ts'

/** What each update types. */
const WORD = 'word '

/** A sender's Yjs updates, each typing a word behind the one before: the same for every contender. */
const typedUpdates = (sender: number, count: number): readonly Uint8Array[] => {
  const updates: Uint8Array[] = []
  const document = new Y.Doc({ gc: false })
  document.clientID = sender + 1
  document.on('update', update => updates.push(update))
  const text = document.getText('text')
  for (let number = 0; number < count; number++) text.insert(number * WORD.length, WORD)
  return updates
}

/** Of each sender. The same in every room. */
export const allUpdates = ({ senders, updates }: Plan): readonly (readonly Uint8Array[])[] =>
  Array.from({ length: senders }, (_, sender) => typedUpdates(sender, updates))

/** By sender, how many updates are in once this one is. */
export const countsIn = (update: Uint8Array): Counts =>
  [...Y.parseUpdateMeta(update).to].map(([client, clock]) => [client - 1, clock / WORD.length] as const)
