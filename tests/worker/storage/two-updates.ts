import * as Y from 'yjs'

/** Two updates of a text that comes to `first second`, of which the second one waits for the first. */
export const twoUpdates = (): readonly [first: Uint8Array, second: Uint8Array] => {
  const source = new Y.Doc()
  const updates: Uint8Array[] = []
  source.on('update', update => updates.push(update))
  source.getText('text').insert(0, 'first ')
  source.getText('text').insert(6, 'second')
  return [updates[0]!, updates[1]!]
}
