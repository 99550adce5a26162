import type { Cursor } from './cursor.ts'
import type { KeptEdits } from './edit-keeper.ts'

const KEY = 'holdfast-left'

export interface WritingPlace extends Cursor {
  readonly note: string
}

export interface Stash {
  /** A note may be there twice: closed and opened again before it was stored. */
  readonly unstored: readonly { readonly note: string; readonly edits: KeptEdits }[]
  readonly writing: WritingPlace | null
}

const NOTHING: Stash = { unstored: [], writing: null }

/**
 * Carries edits that are not on the disk yet, and the cursor, over a reload of this tab. Taken out when read, so that
 * a page that is duplicated later does not do them again.
 */
export const createEditStash = (storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) => ({
  put(stash: Stash): void {
    if (stash.unstored.length > 0 || stash.writing) storage.setItem(KEY, JSON.stringify(stash))
    else storage.removeItem(KEY)
  },
  take(): Stash {
    const text = storage.getItem(KEY)
    storage.removeItem(KEY)
    return text === null ? NOTHING : (JSON.parse(text) as Stash)
  },
})
