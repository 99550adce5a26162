import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { NotesValue } from '../../protocol/notes.ts'
import type { DeviceStore } from './device-store.ts'
import { documentDatabase, readMark } from './document-databases.ts'

/** The mark of the home document that holds its first list. */
export const FIRST_LIST = 'first list'

const isFirstList = (kept: unknown): kept is NotesValue =>
  typeof kept === 'object' && kept !== null && 'rows' in kept && Array.isArray(kept.rows)

/** The list as it was last stored, without loading the index; null where there is none. */
export const readFirstList = async (
  store: Pick<DeviceStore, 'currentWorkspace'>,
): Promise<NotesValue | null> => {
  const workspace = await store.currentWorkspace()
  if (workspace === undefined) return null
  const kept = await readMark(documentDatabase(workspace, HOME_DOCUMENT), FIRST_LIST)
  return isFirstList(kept) ? kept : null
}
