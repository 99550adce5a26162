import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Database } from '@hocuspocus/extension-database'
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import { Server } from '@hocuspocus/server'
import { WebSocket } from 'ws'
import * as Y from 'yjs'

/** What @hocuspocus/extension-sqlite does, with Node's own SQLite: its better-sqlite3 would have to be compiled. */
const sqlite = folder => {
  mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, 'hocuspocus.sqlite'))
  database.exec('CREATE TABLE IF NOT EXISTS documents (name TEXT PRIMARY KEY, data BLOB NOT NULL)')
  const select = database.prepare('SELECT data FROM documents WHERE name = ?')
  const upsert = database.prepare(
    'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data',
  )
  return new Database({
    fetch: async ({ documentName }) => select.get(documentName)?.data ?? null,
    store: async ({ documentName, state }) => void upsert.run(documentName, state),
  })
}

/** @type {import('./types.d.ts').Contender} */
export default {
  name: 'Hocuspocus',
  packages: ['@hocuspocus/server', '@hocuspocus/provider'],
  serve: async folder => {
    const server = new Server({ port: 0, address: '127.0.0.1', quiet: true, extensions: [sqlite(folder)] })
    await server.listen()
    return server.address.port
  },
  open: async (port, document) => {
    const name = document ?? `text-${Math.random().toString(36).slice(2)}`
    const doc = new Y.Doc()
    const socket = new HocuspocusProviderWebsocket({
      url: `ws://127.0.0.1:${port}`,
      WebSocketPolyfill: WebSocket,
    })
    const provider = new HocuspocusProvider({ websocketProvider: socket, name, document: doc, token: '' })
    provider.attach()
    await new Promise(resolve => provider.on('synced', resolve))
    const text = doc.getText('text')
    return {
      document: name,
      insert: (at, content) => text.insert(at, content),
      remove: (at, count) => text.delete(at, count),
      text: () => text.toJSON(),
      onChange: listener => text.observe((_event, { local }) => local || listener()),
      goOffline: async () => socket.disconnect(),
      goOnline: () =>
        new Promise(resolve => {
          const done = () => {
            provider.off('synced', done)
            resolve()
          }
          provider.on('synced', done)
          void socket.connect()
        }),
      close: async () => {
        provider.destroy()
        socket.destroy()
      },
    }
  },
}
