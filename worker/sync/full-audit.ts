import type { DocumentId } from '../../protocol/ids.ts'
import type { LocalDocuments } from '../documents/local-documents.ts'
import type { Channel } from './document/channel.ts'

/** Reads the logs of all documents from their start, because something that was taken over counts no more (SYNC-9). */
export interface FullAudit {
  /** Resolves once all were read; goes on with the next connection where this one ends. */
  begin(): Promise<void>
  opened(): void
  isAsked(id: DocumentId): boolean
  done(id: DocumentId): void
}

interface Deps {
  readonly documents: Pick<LocalDocuments, 'known' | 'isOpen'>
  readonly channels: ReadonlyMap<DocumentId, Channel>
  readonly isDeleted: (id: DocumentId) => boolean
  /** Compares a document that nobody has open from the start of its log. */
  readonly audit: (id: DocumentId) => void
}

export const createFullAudit = ({ documents, channels, isDeleted, audit }: Deps): FullAudit => {
  const due = new Set<DocumentId>()
  const waiting: (() => void)[] = []

  const look = (): void => {
    for (const id of due) if (isDeleted(id) || !documents.known().has(id)) due.delete(id)
    if (due.size > 0) return
    for (const resolve of waiting.splice(0)) resolve()
  }

  return {
    begin: () => {
      for (const channel of channels.values()) channel.audit()
      for (const id of documents.known().keys()) if (!documents.isOpen(id)) due.add(id)
      const done = new Promise<void>(resolve => waiting.push(resolve))
      for (const id of due) audit(id)
      look()
      return done
    },
    opened: () => {
      for (const id of due) audit(id)
    },
    isAsked: id => due.has(id),
    done: id => {
      due.delete(id)
      look()
    },
  }
}
