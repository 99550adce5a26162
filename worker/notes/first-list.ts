import type { NotesValue } from '../../protocol/notes.ts'
import type { OpenDocument } from '../documents/documents.ts'
import type { Clock } from '../platform/clock.ts'
import { FIRST_LIST } from '../storage/first-list.ts'
import type { Home } from './home.ts'

/**
 * Keeps the first rows of the list beside the index, ready made: a start shows them while it reads the index. They are
 * written with the index that they speak of, in one transaction, so that nothing is in them that was not stored.
 */
export interface FirstListKeeper {
  /** Has them written now if they changed. */
  keep(): void
  close(): void
}

interface Deps {
  readonly home: Pick<Home, 'rows' | 'drafts' | 'onChange'>
  readonly open: Pick<OpenDocument, 'mark' | 'setMark' | 'stored'>
  readonly clock: Clock
}

/** More than a screen shows. */
const ROWS = 40
const PAUSE_MS = 2_000

export const createFirstListKeeper = ({ home, open, clock }: Deps): FirstListKeeper => {
  let kept = JSON.stringify(open.mark(FIRST_LIST))
  let cancel: (() => void) | null = null

  const keep = (): void => {
    cancel?.()
    cancel = null
    // What a draft says is not in the index yet. It will be, and that is a change.
    if (home.drafts() > 0) return
    const all = home.rows('notes')
    const value: NotesValue = { rows: all.slice(0, ROWS), total: all.length, all: all.length }
    const next = JSON.stringify(value)
    if (next === kept) return
    kept = next
    open.setMark(FIRST_LIST, value)
    void open.stored()
  }

  const keepSoon = (): void => {
    cancel?.()
    cancel = clock.after(PAUSE_MS, keep)
  }
  const stop = home.onChange(keepSoon)
  keepSoon()

  return {
    keep,
    close: () => {
      cancel?.()
      stop()
    },
  }
}
