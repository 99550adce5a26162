import type { DocumentId } from '../../protocol/ids.ts'
import type { DocumentStore } from '../storage/document-store.ts'
import type { CleanMark } from '../storage/stored-progress.ts'

/** Connects a loaded document with a relay. */
export interface Attachment {
  /** False for a server that is only handed what is here: it may be the only one, but it is none beside a relay. */
  readonly confirms: boolean
  /** Nothing is unsent and all that was read is stored: the mark to keep. Null where that is not known. */
  clean(): CleanMark | null
  /** The relay has not confirmed everything that is here. */
  unsent(): boolean
  /** Clean, and everything that the relay has is here. */
  settled(): boolean
  present(): number
  onPresent(listener: () => void): () => void
  /** Something of the document goes to the relay, which may lack it. */
  onSending(listener: () => void): () => void
  /** Whether a person looks at the document on this device: shown to others, and worth quicker sending. */
  setWatched(watched: boolean): void
  flush(): Promise<void>
  detach(): Promise<void>
}

/** The other relays of the document. */
export interface Others {
  any(): boolean
  /** One of them has all that is here. */
  haveAll(): boolean
}

export type Attach = (document: DocumentId, store: DocumentStore, others: Others) => Attachment

/** A loaded document at all of its relays. */
export interface Attachments {
  attach(relay: string, attach: Attach): void
  detach(relay: string): Promise<void>
  at(relay: string): Attachment | null
  any(): boolean
  /** By relay; one that is not known to be the same as this document is left out. */
  clean(): Readonly<Record<string, CleanMark>>
  /** Whether every relay knows it as it is here. */
  isCleanEverywhere(): boolean
  /** No relay has confirmed everything that is here. */
  unsent(): boolean
  present(): number
  setWatched(watched: boolean): void
  flush(): Promise<void>
  detachAll(): Promise<void>
}

interface Deps {
  readonly id: DocumentId
  readonly store: DocumentStore
  readonly onPresent: () => void
  /** Something goes to a relay, and no other one is known to have it. */
  readonly onSending: () => void
}

export const createAttachments = ({ id, store, onPresent, onSending }: Deps): Attachments => {
  const all = new Map<string, Attachment>()
  let watched = false

  const detach = async (relay: string): Promise<void> => {
    const attachment = all.get(relay)
    all.delete(relay)
    await attachment?.detach()
  }
  /** Those whose word counts. */
  const confirming = (but?: Attachment): Attachment[] =>
    [...all.values()].filter(each => each.confirms && each !== but)

  const clean = (): Record<string, CleanMark> =>
    Object.fromEntries(
      [...all].flatMap(([relay, attachment]) => {
        const mark = attachment.clean()
        return mark === null ? [] : [[relay, mark]]
      }),
    )

  return {
    attach: (relay, attach) => {
      const attachment: Attachment = attach(id, store, {
        any: () => [...all.keys()].some(name => name !== relay),
        haveAll: () => confirming(all.get(relay)).some(each => !each.unsent()),
      })
      all.set(relay, attachment)
      attachment.setWatched(watched)
      attachment.onPresent(onPresent)
      attachment.onSending(() => {
        // What another relay has confirmed is no news to the workspace.
        if (confirming(attachment).every(each => each.unsent())) onSending()
      })
    },
    detach,
    at: relay => all.get(relay) ?? null,
    any: () => all.size > 0,
    clean,
    isCleanEverywhere: () => Object.keys(clean()).length === all.size,
    unsent: () => {
      const asked = confirming().length > 0 ? confirming() : [...all.values()]
      return asked.length > 0 && asked.every(each => each.unsent())
    },
    // The same person may be seen by way of several relays.
    present: () => Math.max(0, ...[...all.values()].map(each => each.present())),
    setWatched: next => {
      watched = next
      for (const each of all.values()) each.setWatched(next)
    },
    flush: async () => {
      await Promise.all([...all.values()].map(each => each.flush()))
    },
    detachAll: async () => {
      await Promise.all([...all.keys()].map(detach))
    },
  }
}
