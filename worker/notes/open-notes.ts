import type { DocumentId } from '../../protocol/ids.ts'
import type { Documents, OpenDocument } from '../documents/documents.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import { createNoteText, type NoteText } from './note-text.ts'

/** A note in memory. */
export interface OpenNote {
  readonly id: DocumentId
  readonly text: NoteText
  readonly document: OpenDocument
}

/** A note that somebody uses, until they release it; once more does nothing. */
export interface HeldNote extends OpenNote {
  release(): void
}

export interface OpenNotes {
  /** Loads a note or hands out the one in memory. */
  acquire(id: DocumentId): Promise<HeldNote>
  /** The note where it is in memory already. */
  peek(id: DocumentId): OpenNote | undefined
  /** Lets go of a note at once, whoever uses it: it is being deleted. Resolves when its document is free. */
  end(id: DocumentId): Promise<void>
  /** Lets go of all notes. */
  close(): Promise<void>
}

interface Slot {
  readonly loading: Promise<OpenNote>
  note?: OpenNote
  users: number
  cancel?: () => void
}

interface Deps {
  readonly documents: Documents
  readonly clock: Clock
  readonly random: Random
  readonly onOpen: (note: OpenNote) => void
  /** Runs before a note that nobody uses any more is let go. */
  readonly beforeClose: (note: OpenNote) => Promise<void>
}

/** A tab's last keystrokes may arrive after it stopped watching, since they travel on another port. */
const LINGER_MS = 30_000

export const createOpenNotes = ({ documents, clock, random, onOpen, beforeClose }: Deps): OpenNotes => {
  const slots = new Map<DocumentId, Slot>()

  const load = async (id: DocumentId, slot: () => Slot): Promise<OpenNote> => {
    const document = await documents.open(id)
    const note = { id, document, text: createNoteText({ open: document, random }) }
    slot().note = note
    onOpen(note)
    return note
  }

  const drop = (id: DocumentId, slot: Slot): void => {
    if (slots.get(id) !== slot || !slot.note) return
    slots.delete(id)
    slot.cancel?.()
    slot.note.text.close()
    slot.note.document.release()
  }

  const leave = async (id: DocumentId, slot: Slot): Promise<void> => {
    const note = await slot.loading
    await beforeClose(note)
    if (slot.users === 0) drop(id, slot)
  }

  const linger = (id: DocumentId, slot: Slot): void => {
    slot.cancel?.()
    slot.cancel = clock.after(LINGER_MS, () => void leave(id, slot))
  }

  const hold = (note: OpenNote, slot: Slot): HeldNote => {
    let held = true
    return {
      ...note,
      release: () => {
        if (!held) return
        held = false
        slot.users--
        if (slot.users === 0 && slots.get(note.id) === slot) linger(note.id, slot)
      },
    }
  }

  const acquire = async (id: DocumentId): Promise<HeldNote> => {
    let slot = slots.get(id)
    if (!slot) {
      const made: Slot = { loading: load(id, () => made), users: 0 }
      slots.set(id, made)
      slot = made
    }
    slot.users++
    slot.cancel?.()
    try {
      return hold(await slot.loading, slot)
    } catch (error) {
      // A note that could not be read now may be readable later.
      if (slots.get(id) === slot) slots.delete(id)
      throw error
    }
  }

  return {
    acquire,
    peek: id => slots.get(id)?.note,
    end: async id => {
      const slot = slots.get(id)
      if (!slot) return
      await slot.loading
      drop(id, slot)
    },
    close: async () => {
      await Promise.all(
        [...slots].map(async ([id, slot]) => {
          const note = await slot.loading
          await beforeClose(note)
          drop(id, slot)
        }),
      )
    },
  }
}
