import type { DocumentId } from '../../protocol/ids.ts'
import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { Changed, Hello, Mark, Position } from '../../protocol/relay-messages.ts'
import type { RelayDocuments } from '../documents/relay-documents.ts'
import type { Bookmark, CleanMark } from '../storage/stored-progress.ts'
import { START } from './document/relay-marks.ts'

/** Compares the documents that nobody has open with the relay, a few at a time. */
export interface CatchUp {
  opened(hello: Hello): void
  changed(message: Changed): void
  closed(): void
  /** A document that nobody has open may hold something unsent. */
  unclean(id: DocumentId): void
  /** Compares a document from the start of its log, open or not. */
  audit(id: DocumentId): void
  /** Something about an open document changed: it may be settled now. */
  check(): void
  remaining(): number
  /** All documents that changed up to here were named, and what is not open of them waits its turn; null before that. */
  covered(): Position | null
  pending(): Iterable<DocumentId>
  /** Asks again what changed: of documents that are loaded the relay tells no changes, only their content. */
  probe(): void
  /** Without a relay: finds out which documents that were open when this device stopped have something unsent. */
  checkOffline(): Promise<void>
}

interface Deps {
  readonly documents: Pick<RelayDocuments, 'known' | 'unclean' | 'isOpen' | 'attachment' | 'openInBackground'>
  readonly watch: (after: number) => void
  readonly bookmark: () => Bookmark | null
  readonly setBookmark: (bookmark: Bookmark) => void
  /** Documents that were deleted for good: not fetched again. */
  readonly isDeleted: (id: DocumentId) => boolean
  /** When a person last worked on a document, milliseconds since 1970; 0 where that is not known (yet). */
  readonly updated: (id: DocumentId) => number
  readonly cursor: (id: DocumentId) => number | null
  /** The relay's log is not the one that the bookmark is of. */
  readonly onOtherHistory: () => void
  /** Another device waits for what the log lacks of this document: it is to be read from its start. */
  readonly isAuditAsked: (id: DocumentId) => boolean
  readonly beginAudit: (id: DocumentId) => void
  readonly onAudited: (id: DocumentId) => void
  readonly onChange: () => void
}

const AT_ONCE = 24
const CHECKED_OFFLINE = 200
/** The index arrives while others are compared already, so the order is looked at again now and then. */
const PICKS_IN_ONE_ORDER = 100

/** Home first, as it names the others; then what a person worked on last. */
const byUrgency = (ids: Iterable<DocumentId>, updated: (id: DocumentId) => number): DocumentId[] => {
  const urgency = new Map([...ids].map(id => [id, id === HOME_DOCUMENT ? Infinity : updated(id)]))
  return [...urgency.keys()].sort((a, b) => (urgency.get(b) ?? 0) - (urgency.get(a) ?? 0))
}

export const createCatchUp = (deps: Deps): CatchUp => {
  const { documents } = deps
  let hello: Hello | null = null
  let connection = 0
  let queue = new Set<DocumentId>()
  /** What is compared now, with what has it look again whether there is something left to wait for. */
  const running = new Map<DocumentId, () => void>()
  let seen: Mark | null = null

  /** What was deleted is not fetched; what this device has of it and did not send goes out. */
  const isDue = (id: DocumentId): boolean => !deps.isDeleted(id) || documents.known().get(id)?.clean === null

  const isSettled = (id: DocumentId): boolean => documents.attachment(id)?.settled() === true

  const finish = (): void => {
    if (hello === null || seen === null || queue.size > 0 || running.size > 0) return
    deps.setBookmark({ log: hello.log, position: seen.position, stamp: seen.stamp })
  }

  /** One that is not open any more was deleted meanwhile. */
  const isOver = (id: DocumentId): boolean => isSettled(id) || !documents.isOpen(id)

  const compare = async (id: DocumentId, current: number): Promise<void> => {
    running.set(id, () => {})
    try {
      const open = await documents.openInBackground(id)
      try {
        const isAsked = current === connection && deps.isAuditAsked(id)
        if (isAsked) deps.beginAudit(id)
        // It is looked at anew each time: what was settled before the audit began, or before another key, is not now.
        while (current === connection && !isOver(id))
          await new Promise<void>(resolve => running.set(id, resolve))
        const isAudited = isAsked && isSettled(id)
        await open.stored()
        if (isAudited && current === connection) deps.onAudited(id)
      } finally {
        open.release()
      }
    } catch {
      // The document cannot be loaded now. It stays unclean, so the next connection tries again.
    } finally {
      running.delete(id)
      next()
      deps.onChange()
    }
  }

  let picks = 0
  const next = (): void => {
    if (picks >= PICKS_IN_ONE_ORDER) order()
    for (const id of queue) {
      if (hello === null || running.size >= AT_ONCE) return
      if (running.has(id)) continue // it may have been asked for something since: compared once more afterwards
      queue.delete(id)
      picks += 1
      if (isDue(id)) void compare(id, connection)
    }
    finish()
  }

  const order = (): void => {
    picks = 0
    queue = new Set(byUrgency(queue, deps.updated))
  }

  const add = (id: DocumentId): void => {
    if (isDue(id)) queue.add(id)
  }

  const start = (): void => {
    next()
    deps.onChange()
  }

  /** The log is an older one, that may have grown again: it may lack what it once had, and does not say so. */
  const putBack = (): void => {
    deps.onOtherHistory()
    for (const id of documents.known().keys()) if (!documents.isOpen(id)) add(id)
  }

  return {
    opened: greeting => {
      hello = greeting
      connection += 1
      seen = null
      const bookmark = deps.bookmark()
      const read = bookmark?.log === greeting.log ? bookmark.position : START.position
      const isPutBack = read > greeting.head.position
      if (isPutBack) putBack()
      else {
        // Only up to the bookmark is the log known to be the one that was read.
        const isSame = (clean: CleanMark | null): boolean =>
          clean?.log === greeting.log && clean.position <= read && !clean.doubtful
        for (const [id, { clean }] of documents.known()) if (!documents.isOpen(id) && !isSame(clean)) add(id)
      }
      deps.watch(isPutBack ? START.position : read)
      order()
      start()
    },
    changed: message => {
      if (hello === null) return
      const bookmark = deps.bookmark()
      // The relay's log was rolled back behind our bookmark and grew again: ask for everything.
      if (seen === null && message.from.position > START.position && bookmark?.stamp !== message.from.stamp) {
        seen = START
        putBack()
        order()
        start()
        return deps.watch(START.position)
      }
      for (const { document, head } of message.documents) {
        const here = deps.cursor(document) ?? documents.known().get(document)?.clean?.position ?? 0
        if (head !== here && !documents.isOpen(document)) add(document)
      }
      seen = message.to
      order()
      start()
    },
    closed: () => {
      hello = null
      connection += 1
      queue.clear()
      for (const look of running.values()) look()
    },
    unclean: id => {
      if (hello === null) return
      add(id)
      start()
    },
    audit: id => {
      if (hello === null) return // asked again on the next connection
      add(id)
      start()
    },
    check: () => {
      for (const look of running.values()) look()
    },
    remaining: () => queue.size + running.size,
    covered: () =>
      hello !== null && seen !== null && seen.position >= hello.head.position ? seen.position : null,
    pending: () => [...queue, ...running.keys()],
    probe: () => {
      if (hello !== null && seen !== null) deps.watch(seen.position)
    },
    checkOffline: async () => {
      for (const id of documents.unclean().slice(0, CHECKED_OFFLINE)) {
        if (hello !== null) return
        try {
          const open = await documents.openInBackground(id)
          open.release()
        } catch {
          // it stays unclean, and is counted as waiting
        }
      }
      deps.onChange()
    },
  }
}
