import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '../../server/log/sqlite-database.ts'
import { contendersFolder } from '../support/contenders.ts'

/**
 * Makes a store large without its server: other rooms, in the server's own format, each with 256 KB in pieces of
 * 16 KB (one piece where the format has one for each room). Every store has one more room that somebody joins.
 */
export type FillStore = (folder: string, bytes: number) => void

const PIECE_BYTES = 16 * 1024
const PIECES = 16
const ROOM_BYTES = PIECES * PIECE_BYTES

/** One transaction without a journal: what is not finished is of no use anyhow. */
const filling = (database: DatabaseSync, bytes: number, addRoom: (room: number) => void): void => {
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN')
  for (let room = 0; room * ROOM_BYTES < bytes; room++) addRoom(room)
  database.exec('COMMIT')
  database.close()
}

export const fillHoldfast: FillStore = (folder, bytes) => {
  openDatabase(join(folder, 'relay.sqlite')).close() // makes the tables
  const database = new DatabaseSync(join(folder, 'relay.sqlite'))
  const workspace = database.prepare(
    'INSERT INTO workspaces (id, log, head, stamp, bytes, documents) VALUES (?, ?, ?, ?, ?, 1)',
  )
  const document = database.prepare(
    'INSERT INTO documents (workspace, document, head, stamp) VALUES (?, ?, ?, ?)',
  )
  const entry = database.prepare(
    'INSERT INTO entries (workspace, position, document, id, stamp, envelope) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const envelope = randomBytes(PIECE_BYTES)
  filling(database, bytes, () => {
    const stamp = randomBytes(8)
    const name = randomBytes(16)
    const session = randomBytes(16).toString('base64url')
    const id = randomBytes(32).toString('base64url')
    const { lastInsertRowid } = workspace.run(id, session, PIECES, stamp, ROOM_BYTES)
    document.run(lastInsertRowid, name, PIECES, stamp)
    for (let position = 1; position <= PIECES; position++)
      entry.run(lastInsertRowid, position, name, `${session}.${position}`, stamp, envelope)
  })
}

export const fillHocuspocus: FillStore = (folder, bytes) => {
  const database = new DatabaseSync(join(folder, 'hocuspocus.sqlite'))
  database.exec(
    'CREATE TABLE IF NOT EXISTS documents (name varchar(255) NOT NULL, data blob NOT NULL, UNIQUE(name))',
  )
  const document = database.prepare('INSERT INTO documents (name, data) VALUES (?, ?)')
  const data = randomBytes(ROOM_BYTES)
  filling(database, bytes, room => void document.run(`filled-${room}`, data))
}

/** The server has made its tables before. */
export const fillJazz: FillStore = (folder, bytes) => {
  const database = new DatabaseSync(join(folder, 'jazz.sqlite'))
  const value = database.prepare('INSERT INTO coValues (id, header) VALUES (?, ?)')
  const session = database.prepare(
    `INSERT INTO sessions (coValue, sessionID, lastIdx, lastSignature, bytesSinceLastSignature)
     VALUES (?, ?, ?, ?, 0)`,
  )
  const transaction = database.prepare('INSERT INTO transactions (ses, idx, tx) VALUES (?, ?, ?)')
  const text = JSON.stringify({
    privacy: 'private',
    madeAt: 0,
    keyUsed: 'key_z',
    encryptedChanges: `encrypted_U${randomBytes((PIECE_BYTES / 4) * 3).toString('base64url')}`,
  })
  filling(database, bytes, () => {
    const id = `co_z${randomBytes(16).toString('hex')}`
    const { lastInsertRowid: row } = value.run(id, JSON.stringify({ type: 'comap', uniqueness: id }))
    const { lastInsertRowid: own } = session.run(row, `${id}_session`, PIECES, 'signature_z')
    for (let index = 0; index < PIECES; index++) transaction.run(own, index, text)
  })
}

/** By y-leveldb itself, in a process of its own: the database is open in one process only. */
export const fillLeveldb: FillStore = (folder, bytes) => {
  const path = join(folder, 'leveldb')
  mkdirSync(path, { recursive: true })
  const { status } = spawnSync(
    process.execPath,
    [join(contendersFolder, 'fill-leveldb.mjs'), path, String(bytes), String(PIECES), String(PIECE_BYTES)],
    { stdio: 'inherit' },
  )
  if (status !== 0) throw new Error('The store could not be filled.')
}
