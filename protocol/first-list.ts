import type { NotesValue } from './notes.ts'

/**
 * On this BroadcastChannel a worker that starts says what the list was when it was stored last, long before it has read
 * the index. A page shows it until it is connected and takes it for nothing more. It is not asked for: in Chromium a
 * shared worker hears of its first page only once that page's own code has run.
 */
export const FIRST_LIST_CHANNEL = 'holdfast-first-list'

export interface FirstListMessage {
  /** Pages of other builds pass it over. */
  readonly build: string
  readonly list: NotesValue
}
