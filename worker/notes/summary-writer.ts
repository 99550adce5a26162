import type { DocumentId } from '../../protocol/ids.ts'
import type { Result } from '../../protocol/result.ts'
import type { Clock } from '../platform/clock.ts'
import type { DueSummaries } from './due-summaries.ts'
import type { Home } from './home.ts'
import { hashText } from './note-content.ts'
import type { NoteDocuments } from './note-documents.ts'
import type { Summary } from './note-fields.ts'
import type { OpenNote } from './open-notes.ts'
import { summarise } from './summary.ts'
import { readText, textOf } from './y-text.ts'

/** Keeps what the home document says of a note in step with the note's text. */
export interface SummaryWriter {
  /** This device changed the text: the lists show it at once, the home document follows. */
  edited(note: OpenNote): void
  /** A note was opened: a summary that does not fit its text is written anew if it stays so for a while. */
  opened(note: OpenNote): void
  /** Writes the note's summary now if it is due. */
  settle(note: OpenNote): Promise<void>
  /** The note is being deleted: nothing of it may be written any more. */
  forget(id: DocumentId): void
  /** Writes what a worker before this one had no time for. */
  catchUp(): Promise<void>
  flush(): Promise<void>
  close(): void
}

interface Deps {
  readonly home: Home
  readonly documents: Pick<NoteDocuments, 'openInBackground'>
  readonly marks: DueSummaries
  readonly clock: Clock
}

const PAUSE_MS = 2000
/** Somebody who types without a pause is not kept waiting for ever. */
const LONGEST_MS = 15_000
/** In a note that is typed in, the lists need not say to the second when that was last. */
const SAME_TIME_MS = 5_000
/** Another device that is typing writes the summary itself in this time. */
const STALE_GRACE_MS = 10_000

interface Due {
  readonly note: OpenNote
  readonly since: number
  updated: number
  /** What the lists show meanwhile. */
  draft: Summary | null
  cancel: () => void
}

export const createSummaryWriter = ({ home, documents, marks, clock }: Deps): SummaryWriter => {
  const due = new Map<DocumentId, Due>()
  const opened = new Map<DocumentId, { readonly version: number; readonly cancel: () => void }>()
  let closed = false

  const write = (note: DocumentId, text: string, hash: string, updated: number): Result<null> =>
    home.write([{ note, fields: { summary: { ...summarise(text), updated, hash } } }])

  const writeDue = async (entry: Due): Promise<void> => {
    const { note } = entry
    const text = note.text.text()
    const hash = await hashText(text)
    if (due.get(note.id) !== entry) return
    // Typed on meanwhile: still worth writing, but not the last word.
    const last = note.text.text() === text
    const written = write(note.id, text, hash, entry.updated)
    // A newer Holdfast owns the home document: the lists go on showing the draft, the text itself is safe.
    if (!last || !written.ok) return
    entry.cancel()
    due.delete(note.id)
    marks.remove(note.id)
    home.draft(note.id, null)
  }

  /** A list is told only of what it would show otherwise: not of each key in the middle of a long text. */
  const showDraft = (entry: Due): void => {
    const { title, excerpt } = summarise(entry.note.text.text())
    const shown = entry.draft
    const isShown = shown?.title === title && shown.excerpt === excerpt
    if (isShown && entry.updated - shown.updated < SAME_TIME_MS) return
    entry.draft = { title, excerpt, updated: entry.updated, hash: '' }
    home.draft(entry.note.id, entry.draft)
  }

  const schedule = (entry: Due): void => {
    entry.cancel()
    const wait = Math.max(0, Math.min(PAUSE_MS, entry.since + LONGEST_MS - clock.now()))
    entry.cancel = clock.after(wait, () => void writeDue(entry))
  }

  const isStale = async (note: OpenNote): Promise<boolean> => {
    const text = note.text.text()
    const entry = home.get(note.id)
    if (!entry || entry.place === 'gone') return false
    const summary = entry.fields.summary
    // An empty text that has a summary is more likely one that has not arrived here yet.
    if (text === '' && summary) return false
    return (await hashText(text)) !== summary?.hash
  }

  const correct = async (note: OpenNote, version: number): Promise<void> => {
    if (due.has(note.id) || note.text.version() !== version || !(await isStale(note))) return
    if (due.has(note.id) || note.text.version() !== version) return
    const text = note.text.text()
    const hash = await hashText(text)
    const fields = home.get(note.id)?.fields
    // When it was really edited is not known any more; being looked at does not make a note newer.
    const updated = fields?.summary?.updated ?? fields?.created ?? clock.now()
    write(note.id, text, hash, updated)
  }

  const isListed = (note: DocumentId): boolean => (home.get(note)?.place ?? 'gone') !== 'gone'

  /** Whether the note's summary fits its text now, or need not. */
  const isCaughtUp = async (note: DocumentId, edited: number): Promise<boolean> => {
    if (!isListed(note)) return true
    const document = await documents.openInBackground(note)
    try {
      if (document.doc.store.clients.size === 0) return true // its text is not on this device any more
      const text = readText(textOf(document.doc))
      const hash = await hashText(text)
      if (closed || due.has(note)) return false
      const summary = home.get(note)?.fields.summary
      if (!isListed(note) || summary?.hash === hash) return true
      const updated = Math.max(edited, summary?.updated ?? 0)
      return write(note, text, hash, updated).ok
    } finally {
      document.release()
    }
  }

  return {
    edited: note => {
      const now = clock.now()
      marks.add(note.id, now)
      const entry = due.get(note.id) ?? {
        note,
        since: now,
        updated: now,
        draft: null,
        cancel: () => undefined,
      }
      entry.updated = now
      due.set(note.id, entry)
      showDraft(entry)
      schedule(entry)
    },
    opened: note => {
      const version = note.text.version()
      const cancel = clock.after(STALE_GRACE_MS, () => {
        opened.delete(note.id)
        void correct(note, version)
      })
      opened.set(note.id, { version, cancel })
    },
    settle: async note => {
      const entry = due.get(note.id)
      if (entry) await writeDue(entry)
      const waiting = opened.get(note.id)
      waiting?.cancel()
      opened.delete(note.id)
      if (waiting) await correct(note, waiting.version)
    },
    forget: id => {
      due.get(id)?.cancel()
      due.delete(id)
      opened.get(id)?.cancel()
      opened.delete(id)
      marks.remove(id)
      home.draft(id, null)
    },
    catchUp: async () => {
      for (const [note, edited] of [...marks.all()]) {
        if (closed) return
        if (!due.has(note) && (await isCaughtUp(note, edited))) marks.remove(note)
      }
    },
    flush: async () => {
      await Promise.all([...due.values()].map(writeDue))
    },
    close: () => {
      closed = true
      for (const entry of [...due.values(), ...opened.values()]) entry.cancel()
      due.clear()
      opened.clear()
    },
  }
}
