import { count, transact } from 'lib0/indexeddb'
import { IndexeddbPersistence } from 'y-indexeddb'
import { WebsocketProvider } from 'y-websocket'
import type * as Y from 'yjs'

/** The address of the Yjs server, from this page's own; without one nothing is synced. */
const server = new URLSearchParams(location.search).get('server')

/** Keeps a document in IndexedDB and, where there is a server, synced, both as their documentation shows it. */
export const connect = (name: string, doc: Y.Doc) => {
  const persistence = new IndexeddbPersistence(name, doc)
  const provider = server === null ? null : new WebsocketProvider(server, name, doc)
  return {
    stored: persistence.whenSynced,
    synced:
      provider === null
        ? Promise.resolve()
        : new Promise<void>(resolve => provider.once('sync', () => resolve())),
    /** Resolves once all that was changed so far is in the database: what is asked there later is answered later. */
    flush: async () => {
      const [updates] = transact(persistence.db!, ['updates'])
      await count(updates!)
    },
    close: async () => {
      provider?.destroy()
      await persistence.destroy()
    },
  }
}

export type Connection = ReturnType<typeof connect>
