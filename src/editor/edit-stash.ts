import type { KeptEdits } from './edit-keeper.ts'

const KEY = 'holdfast-unstored-edits'

/** A note may be there twice: closed and opened again before it was stored. */
export type Stash = readonly { readonly note: string; readonly edits: KeptEdits }[]

/**
 * Carries edits that are not on the disk yet over a reload of this tab. Taken out when read, so that a page that is
 * duplicated later does not do them again.
 */
export const createEditStash = (storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) => ({
  put(kept: Stash): void {
    if (kept.length > 0) storage.setItem(KEY, JSON.stringify(kept))
    else storage.removeItem(KEY)
  },
  take(): Stash {
    const text = storage.getItem(KEY)
    storage.removeItem(KEY)
    return text === null ? [] : (JSON.parse(text) as Stash)
  },
})
