import { deleteDB, openDB } from 'idb'

declare global {
  /** In no type library yet; only browsers of the Chromium family have it. */
  interface WorkerNavigator {
    readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] }
  }
}

const DATABASE = 'holdfast-renew-log'
const STORE = 'filling'
/** Larger values would become files of their own, past the log. */
const ROW_BYTES = 48 * 1024
/** More than LevelDB keeps in memory, 4 MB, before it begins a new log. */
const ROWS = 100

/** Whether IndexedDB is LevelDB here. */
export const hasLog = ({ userAgentData }: Pick<WorkerNavigator, 'userAgentData'>): boolean =>
  userAgentData?.brands.some(({ brand }) => brand === 'Chromium') === true

/**
 * Makes Chromium begin a new log for this origin's IndexedDB, and let go of the old one. Rejects where the browser does
 * not let so much be written.
 *
 * A browser that is killed in the middle of a write can leave the header of a record at the end of LevelDB's log, and
 * nothing behind it. The next start passes over it, but goes on writing behind it in the same log. At the start after
 * that, the log counts as damaged, and Chromium deletes all databases of the origin (google/leveldb issue 1287).
 */
export const renewLog = async (): Promise<void> => {
  await deleteDB(DATABASE) // an earlier start may have been cut short
  const database = await openDB(DATABASE, 1, { upgrade: made => void made.createObjectStore(STORE) })
  try {
    const { store, done } = database.transaction(STORE, 'readwrite', { durability: 'strict' })
    const rows = Array.from({ length: ROWS }, (_, row) => store.add(new Uint8Array(ROW_BYTES), row))
    await Promise.all([...rows, done])
  } finally {
    database.close()
    await deleteDB(DATABASE)
  }
}
