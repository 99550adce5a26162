import type { DocumentId } from '../../protocol/ids.ts'
import type { LocalDocuments } from '../documents/local-documents.ts'
import type { Clock } from '../platform/clock.ts'
import type { Home } from './home.ts'
import { summaryOf } from './summary.ts'
import { readText, textOf } from './y-text.ts'

/**
 * Notes that another device deleted for good go from this one, too. Whoever deleted one could not know of words in it
 * that this device never sent: with those it comes back, in the trash of all devices.
 */
export interface DeletedNotes {
  /** Something may have been sent, or closed. */
  check(): void
  close(): void
}

interface Deps {
  readonly documents: Pick<
    LocalDocuments,
    'known' | 'isOpen' | 'openInBackground' | 'attachment' | 'onSending' | 'remove'
  >
  readonly home: Home
  readonly clock: Clock
  /** Notes that a person deletes on this device now. */
  readonly isRemoving: (id: DocumentId) => boolean
}

export const isDeletedIn = (home: Pick<Home, 'get'>, id: DocumentId): boolean => {
  const entry = home.get(id)
  return entry?.place === 'gone' && entry.fields.deleted !== undefined
}

export const createDeletedNotes = ({ documents, home, clock, isRemoving }: Deps): DeletedNotes => {
  /** Deleted, and still on this device. */
  const left = new Set<DocumentId>()
  const busy = new Set<DocumentId>()
  /** Of these something was sent after the deletion was heard of. By the next look it may be confirmed and closed. */
  const sent = new Set<DocumentId>()
  let closed = false

  const bringBack = async (id: DocumentId): Promise<void> => {
    const open = await documents.openInBackground(id)
    try {
      const text = readText(textOf(open.doc))
      const now = clock.now()
      const summary = await summaryOf(text, now)
      // Asked last: what is in this text and was sent meanwhile was not known to whoever deleted it, either.
      if (text === '' || closed || isRemoving(id) || !isDeletedIn(home, id)) return
      home.write([{ note: id, fields: { summary, trashed: now } }])
    } finally {
      open.release()
    }
  }

  const settle = async (id: DocumentId): Promise<void> => {
    if (isRemoving(id) || closed) return
    if (!isDeletedIn(home, id) || !documents.known().has(id)) {
      left.delete(id)
      return
    }
    if (sent.delete(id) || documents.attachment(id)?.unsent()) await bringBack(id)
    else if (!documents.isOpen(id) && documents.known().get(id)?.clean != null) {
      left.delete(id)
      await documents.remove(id)
    }
  }

  const check = (): void => {
    for (const id of left) {
      if (busy.has(id)) continue
      busy.add(id)
      settle(id)
        .catch(error => console.error('A note that was deleted elsewhere is still here.', error))
        .finally(() => busy.delete(id))
    }
  }

  const look = (ids: Iterable<DocumentId>): void => {
    for (const id of ids) if (isDeletedIn(home, id) && documents.known().has(id)) left.add(id)
    check()
  }

  const stops = [
    home.onChange(look),
    documents.onSending(id => {
      if (!isDeletedIn(home, id)) return
      sent.add(id)
      look([id])
    }),
  ]
  look(documents.known().keys())

  return {
    check,
    close: () => {
      closed = true
      for (const stop of stops) stop()
    },
  }
}
