import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { connect } from './connect.ts'
import type { Home } from './home.ts'
import { summaryOf } from './summary.ts'

/** A note as it comes from the bench. */
export interface SeedNote {
  readonly id: string
  readonly text: string
}

const AT_ONCE = 20

/**
 * A browser slows down whoever opens hundreds of WebSockets to one server. Of so many notes, each is sent when it is
 * opened for the first time; a few are at the server from the start, for another device.
 */
const SYNCED_AT_MOST = 50

const storeText = async ({ id, text }: SeedNote, sync: boolean): Promise<void> => {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, text)
  if (sync) {
    const { stored, synced, close } = connect(`note-${id}`, doc)
    await Promise.all([stored, synced])
    await close()
  } else {
    const persistence = new IndexeddbPersistence(`note-${id}`, doc)
    await persistence.whenSynced
    await persistence.destroy()
  }
  doc.destroy()
}

/** Makes these notes and resolves once they are stored. */
export const seed =
  (home: Home, oneDocument: boolean) =>
  async (notes: readonly SeedNote[]): Promise<void> => {
    await home.connection.stored
    await home.connection.synced
    home.doc.transact(() => {
      for (const [index, { id, text }] of notes.entries()) {
        home.notes.set(id, summaryOf(text, index))
        if (oneDocument) home.doc.getText(`note-${id}`).insert(0, text)
      }
    })
    await home.connection.flush()
    if (oneDocument) return
    const left = [...notes]
    const storeRest = async (): Promise<void> => {
      for (let note = left.pop(); note; note = left.pop())
        await storeText(note, notes.length <= SYNCED_AT_MOST)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, storeRest))
  }
