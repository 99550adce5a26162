import { closeSync, fdatasync, openSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'

/** The file that SQLite writes commits to (https://sqlite.org/wal.html). */
export interface WriteAheadLog {
  /** Resolves when all commits so far are on the disk. */
  sync(): Promise<void>
  close(): void
}

const dataSync = promisify(fdatasync)

/**
 * With synchronous=FULL every commit makes the thread wait for the disk. With NORMAL a commit is written but not yet on
 * the disk, which is asked for here instead, on another thread. SQLite itself still waits where the order of writing
 * counts: before it takes the commits over into the database, and before it begins the file anew. The file stays the same
 * one as long as the database is open.
 */
export const openWriteAheadLog = (database: DatabaseSync): WriteAheadLog => {
  database.prepare('SELECT count(*) FROM sqlite_schema').get() // makes the file
  const file = openSync(`${database.location()}-wal`, 'r+')
  return { sync: () => dataSync(file), close: () => closeSync(file) }
}
