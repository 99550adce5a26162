// Hocuspocus with SQLite: what its own SQLite extension does, on node:sqlite, because that extension has to be compiled.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Database } from '@hocuspocus/extension-database'
import { Server } from '@hocuspocus/server'

const database = new DatabaseSync(join(process.env.DATA, 'hocuspocus.sqlite'))
database.exec(`PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS documents (name varchar(255) NOT NULL, data blob NOT NULL, UNIQUE(name))`)
const select = database.prepare('SELECT data FROM documents WHERE name = ?')
const upsert = database.prepare(
  'INSERT INTO documents (name, data) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET data = excluded.data',
)
await new Server({
  address: process.env.HOST,
  port: Number(process.env.PORT),
  quiet: true,
  // Who comes back with more notes than this limit (100) is sent away again and again.
  maxPendingDocuments: 10_000,
  extensions: [
    new Database({
      fetch: async ({ documentName }) => select.get(documentName)?.data ?? null,
      store: async ({ documentName, state }) => void upsert.run(documentName, state),
    }),
    { onDestroy: async () => database.close() },
  ],
}).listen()
