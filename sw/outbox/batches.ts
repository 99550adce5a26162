import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import { MAX_ENVELOPES_PER_APPEND, MAX_OUTBOX_ENTRY_BYTES } from '../../protocol/limits.ts'
import type { OutboxEntry } from '../../protocol/outbox.ts'
import type { StoredEntry } from './outbox-store.ts'

/** Entries that travel in one request: of one relay and workspace, never empty. */
export type Batch = readonly StoredEntry[]

/** One largest entry still fits, and a slow connection finishes it before the browser stops the service worker. */
const BATCH_BYTES = MAX_OUTBOX_ENTRY_BYTES

/** Names the log that an entry is for. */
export const targetOf = (entry: OutboxEntry): string => `${entry.relay} ${entry.workspace}`

const sizeOf = ({ entry }: StoredEntry): number =>
  entry.envelopes.reduce((size, envelope) => size + envelope.length, 0)

/**
 * Puts entries together into requests. Per log the home document goes first, because it names all others: whoever
 * receives half of it sees a list of notes without text rather than notes without a list.
 */
export const makeBatches = (entries: readonly StoredEntry[]): Batch[] => {
  const byTarget = new Map<string, StoredEntry[]>()
  for (const stored of entries) {
    const target = targetOf(stored.entry)
    const group = byTarget.get(target)
    if (group) group.push(stored)
    else byTarget.set(target, [stored])
  }
  return [...byTarget.values()].flatMap(group => split(group.sort(homeFirst)))
}

const homeFirst = (a: StoredEntry, b: StoredEntry): number =>
  Number(b.entry.document === HOME_DOCUMENT) - Number(a.entry.document === HOME_DOCUMENT)

const split = (entries: readonly StoredEntry[]): Batch[] => {
  const batches: StoredEntry[][] = []
  let bytes = 0
  let envelopes = 0
  for (const stored of entries) {
    bytes += sizeOf(stored)
    envelopes += stored.entry.envelopes.length
    const last = batches.at(-1)
    if (last && bytes <= BATCH_BYTES && envelopes <= MAX_ENVELOPES_PER_APPEND) last.push(stored)
    else {
      batches.push([stored])
      bytes = sizeOf(stored)
      envelopes = stored.entry.envelopes.length
    }
  }
  return batches
}
