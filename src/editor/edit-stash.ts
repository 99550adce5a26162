import type { Cursor } from './cursor.ts'
import type { KeptEdits } from './edit-keeper.ts'

const KEY = 'holdfast-left'
const keyOf = (page: string) => `${KEY} ${page}`

export interface WritingPlace extends Cursor {
  readonly note: string
}

/** Edits of one note that are not known to be on the disk. */
export interface LeftEdits {
  readonly note: string
  /** Where the note is; a build before there were several workspaces did not say. */
  readonly workspace?: string | undefined
  readonly edits: KeptEdits
  /** Taken over from a page of another tab, where they may be shown again: never the edits of a visible editor here. */
  readonly taken?: true
}

export interface Stash {
  /** A note may be there twice: closed and opened again before it was stored. */
  readonly unstored: readonly LeftEdits[]
  readonly writing: WritingPlace | null
}

/** What a page that is gone has left to be done. */
export interface Legacy {
  readonly unstored: readonly LeftEdits[]
  /** All of it is stored now. */
  settled(): void
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

interface Deps {
  /** Of this tab alone; a page that is loaded again finds it. */
  readonly tab: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Of all tabs, for when this one is closed. Throws where the browser allows none. */
  readonly device: () => Store
  /** Names this life of the page. */
  readonly page: string
}

interface TabMemory {
  /** The page before this one in the same tab. */
  readonly page: string
  readonly writing: WritingPlace | null
  /** What the storage of all tabs had no room for. */
  readonly unstored: readonly LeftEdits[]
}

const read = <T>(text: string | null): T | null => {
  try {
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null // another build's, or cut off: nothing that could be done again
  }
}

const NOTHING: Legacy = { unstored: [], settled: () => {} }

/**
 * Carries edits that are not on the disk yet over the end of the page: a reload, and the tab's closing, which a worker
 * in that tab does not outlive. Each stays until it is known to be stored, however many pages try; a step that was
 * stored after all is known by its name, so that trying twice does nothing twice.
 */
export const createEditStash = ({ tab, device, page }: Deps) => {
  /** What other pages left and this one is at work on. */
  const settling = new Map<string, string>()
  const pageOf = (key: string | null): string | null =>
    key?.startsWith(keyOf('')) && key !== keyOf(page) ? key.slice(keyOf('').length) : null

  const legacy = (key: string): Legacy | null => {
    const text = device().getItem(key)
    const unstored = read<readonly LeftEdits[]>(text)
    if (text === null || !unstored) return null
    settling.set(key, text)
    return {
      unstored,
      settled: () => {
        settling.delete(key)
        // That page may have come back from the browser's cache meanwhile, and left more.
        if (device().getItem(key) === text) device().removeItem(key)
      },
    }
  }

  const keepForAll = (unstored: readonly LeftEdits[]): boolean => {
    try {
      if (unstored.length === 0) device().removeItem(keyOf(page))
      else device().setItem(keyOf(page), JSON.stringify(unstored))
    } catch {
      return false
    }
    // What was taken over and is not stored is part of this now.
    for (const [key, text] of settling) if (device().getItem(key) === text) device().removeItem(key)
    settling.clear()
    return true
  }

  /** What one page left; null where there is nothing, or nothing is allowed. */
  const left = (from: string): Legacy | null => {
    try {
      return legacy(keyOf(from))
    } catch {
      return null
    }
  }

  return {
    /** The page goes away, perhaps for good. */
    put({ unstored, writing }: Stash): void {
      const kept = keepForAll(unstored)
      const memory: TabMemory = { page, writing, unstored: kept ? [] : unstored }
      if (unstored.length > 0 || writing) tab.setItem(KEY, JSON.stringify(memory))
      else tab.removeItem(KEY)
    },
    /** The same where the editor was never there: what the page before this one left stays where it is. */
    putWords(unstored: readonly LeftEdits[]): void {
      keepForAll(unstored)
    },
    /**
     * What the page before this one in the same tab left. Taken out when read, so that a page that is duplicated later
     * does not go on as the same editor.
     */
    take(): { readonly legacy: Legacy; readonly writing: WritingPlace | null } {
      const memory = read<TabMemory>(tab.getItem(KEY))
      tab.removeItem(KEY)
      if (!memory) return { legacy: NOTHING, writing: null }
      const { unstored, writing } = memory
      const here = unstored.length > 0 ? { ...NOTHING, unstored } : left(memory.page)
      return { legacy: here ?? NOTHING, writing }
    },
    left,
    /** Whether a page before this one has left something to go on with. */
    any(): boolean {
      return tab.getItem(KEY) !== null || this.pages().length > 0
    },
    /** Pages that have left something which nobody here is at work on. */
    pages(): readonly string[] {
      try {
        const storage = device()
        const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index))
        return keys.flatMap(key => (key && !settling.has(key) ? (pageOf(key) ?? []) : []))
      } catch {
        return []
      }
    },
    /** Another page that a change of the storage tells of; null where it is about something else. */
    pageOf,
    /** The page is back from the browser's cache of pages and has its edits itself; what it left goes once they are stored. */
    async back(stored: Promise<void>): Promise<void> {
      tab.removeItem(KEY)
      await stored
      try {
        device().removeItem(keyOf(page))
      } catch {
        // Where it is forbidden, nothing was left there.
      }
    },
  }
}
