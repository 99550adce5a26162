import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const FIRST = `
  CREATE TABLE workspaces (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    log TEXT NOT NULL,
    head INTEGER NOT NULL DEFAULT 0,
    stamp BLOB,
    bytes INTEGER NOT NULL DEFAULT 0,
    documents INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE lists (
    workspace INTEGER NOT NULL REFERENCES workspaces,
    generation INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (workspace, generation)
  ) STRICT;
  CREATE TABLE documents (
    workspace INTEGER NOT NULL REFERENCES workspaces,
    document BLOB NOT NULL,
    head INTEGER NOT NULL,
    stamp BLOB NOT NULL,
    PRIMARY KEY (workspace, document)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX documents_by_head ON documents (workspace, head);
  CREATE TABLE entries (
    workspace INTEGER NOT NULL REFERENCES workspaces,
    position INTEGER NOT NULL,
    document BLOB NOT NULL,
    id TEXT NOT NULL,
    stamp BLOB NOT NULL,
    envelope BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entries_by_position ON entries (workspace, position);
  CREATE UNIQUE INDEX entries_by_id ON entries (workspace, id);
  CREATE UNIQUE INDEX entries_by_document ON entries (workspace, document, position);
`

/** Entries that a snapshot took the place of; the stamps of those whose bytes are gone. */
const REPLACED = `
  ALTER TABLE entries ADD COLUMN replaced INTEGER;
  DROP INDEX entries_by_document;
  CREATE UNIQUE INDEX entries_by_document ON entries (workspace, document, position) WHERE replaced IS NULL;
  CREATE INDEX entries_replaced ON entries (replaced) WHERE replaced IS NOT NULL;
  CREATE TABLE purged (
    workspace INTEGER NOT NULL REFERENCES workspaces,
    position INTEGER NOT NULL,
    stamp BLOB NOT NULL,
    PRIMARY KEY (workspace, position)
  ) STRICT, WITHOUT ROWID;
`

/** One small sealed value of each device. */
const SLOTS = `
  CREATE TABLE slots (
    workspace INTEGER NOT NULL REFERENCES workspaces,
    device TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (workspace, device)
  ) STRICT;
`

/** Whether an owner deleted the workspace from this relay: what is said about its members stays. */
const DELETED = 'ALTER TABLE workspaces ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;'

/**
 * What is said about the members, in the order in which it came. Workspaces of the layout before had lists, which
 * nobody can read any more: they stay where they are, and such a workspace is as good as unknown.
 */
const STATEMENTS = `
  CREATE TABLE statements (
    workspace INTEGER NOT NULL REFERENCES workspaces,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (workspace, number)
  ) STRICT;
`

/** Each makes the next layout from the one before; the first from an empty file. Only ever added to. */
const LAYOUTS = [FIRST, REPLACED, SLOTS, DELETED, STATEMENTS]

/** Thrown where the file is of another version of Holdfast. The message is for the person who runs the relay. */
export class OtherLayout extends Error {}

/**
 * Commits that lie in the write-ahead log, in pages of 4 KB, before they are taken over into the database: a page that
 * many commits changed is then written once. A start after a kill reads them all, which takes tens of milliseconds.
 */
const PAGES_BEFORE_CHECKPOINT = 8000
const CACHE_KIB = 16_384

/** Opens or makes the file. What SQLite reports as committed has reached the disk: synchronous=FULL. */
export const openDatabase = (path: string): DatabaseSync => {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path)
  // A backup tool may hold the file for a moment.
  database.exec(
    'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON',
  )
  database.exec(`PRAGMA wal_autocheckpoint = ${PAGES_BEFORE_CHECKPOINT}; PRAGMA cache_size = -${CACHE_KIB}`)
  const { user_version: layout } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (layout > LAYOUTS.length) {
    database.close()
    throw new OtherLayout(`${path} was written by a newer version of Holdfast. It was left as it is.`)
  }
  if (layout < LAYOUTS.length) {
    const steps = LAYOUTS.slice(layout).join('')
    database.exec(`BEGIN IMMEDIATE; ${steps} PRAGMA user_version = ${LAYOUTS.length}; COMMIT`)
  }
  return database
}
