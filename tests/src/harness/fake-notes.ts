import { ChangeSet, Text } from '@codemirror/state'
import { toBase64url } from '../../../protocol/bytes.ts'
import type { NoteRow, NotesValue, NoteValue, Place, TextUpdate } from '../../../protocol/notes.ts'
import type { ViewRequest } from '../../../protocol/views.ts'
import { type DiskNote, writeDisk } from './fake-disk.ts'

export interface Note {
  text: Text
  /** The version before the first of the updates. */
  first: number
  readonly updates: TextUpdate[]
  stored: number
  readonly counts: Map<string, number>
  place: Place | 'gone'
  readonly folder: string
  updated: number
}

interface Deps {
  /** A note changed, or, without one, many did. */
  readonly onChange: (note: string | null) => void
  readonly onStored: (note: string) => void
}

export const newId = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(16)))
const firstVersion = (): number => Math.floor(Math.random() * 2 ** 40)

export const versionOf = (note: Note): number => note.first + note.updates.length

const rowOf = (id: string, note: Note): NoteRow => {
  const lines = note.text
    .sliceString(0, 400)
    .split('\n')
    .map(line => line.replace(/^[#>\s*-]+|[*_`]/g, '').trim())
    .filter(Boolean)
  return {
    id,
    title: lines[0] ?? '',
    excerpt: lines.slice(1).join(' ').slice(0, 160),
    folder: note.folder,
    updated: note.updated,
  }
}

export const notesValue = (
  notes: ReadonlyMap<string, Note>,
  request: Extract<ViewRequest, { view: 'notes' }>,
): NotesValue => {
  const here = [...notes].filter(([, note]) => note.place === request.place)
  const matching = here
    .filter(([, note]) => note.text.toString().toLowerCase().includes(request.filter.toLowerCase()))
    .sort(([, a], [, b]) => b.updated - a.updated)
  return {
    rows: matching.slice(0, request.limit).map(([id, note]) => rowOf(id, note)),
    total: matching.length,
    all: here.length,
  }
}

/** The only one there is here. */
export const FAKE_WORKSPACE = 'fake'

export const noteValue = (note: Note): NoteValue => ({
  workspace: FAKE_WORKSPACE,
  text: note.text.toString(),
  stored: note.stored,
  counts: Object.fromEntries(note.counts),
  place: note.place,
  folder: note.folder,
  present: 0,
  readOnly: false,
})

/** An authority over texts, with a disk that can be held back. */
export const createFakeNotes = ({ onChange, onStored }: Deps) => {
  const notes = new Map<string, Note>()
  let held = false
  let writing = Promise.resolve()

  const store = (): void => {
    if (held) return
    const versions = new Map([...notes].map(([id, note]) => [id, versionOf(note)]))
    const disk: DiskNote[] = [...notes]
      .filter(([, note]) => note.place !== 'gone')
      .map(([id, { text, folder, place, updated, counts }]) => ({
        id,
        counts: [...counts],
        text: text.toString(),
        folder,
        place: place as Place,
        updated,
      }))
    writing = writing.then(async () => {
      await writeDisk(disk)
      for (const [id, version] of versions) {
        const note = notes.get(id)
        if (!note || note.stored >= version) continue
        note.stored = version
        onStored(id)
      }
    })
  }

  const load = ({ id, text, folder, place, updated, counts = [] }: DiskNote): void => {
    const first = firstVersion()
    notes.set(id, {
      text: Text.of(text.split('\n')),
      first,
      updates: [],
      stored: first,
      counts: new Map(counts),
      place,
      folder,
      updated,
    })
  }

  return {
    all: notes as ReadonlyMap<string, Note>,
    load,
    add: (added: readonly DiskNote[]): void => {
      for (const note of added) load(note)
      onChange(null)
      store()
    },
    apply: (id: string, updates: readonly TextUpdate[]): void => {
      const note = notes.get(id)!
      for (const update of updates) {
        note.text = ChangeSet.fromJSON(update.changes).apply(note.text)
        note.updates.push(update)
        if (update.count !== undefined) note.counts.set(update.clientID, update.count)
      }
      note.updated = Date.now()
      onChange(id)
      store()
    },
    /** Whether there is such a note. */
    move: (id: string, place: Place | 'gone'): boolean => {
      const note = notes.get(id)
      if (!note) return false
      note.place = place
      onChange(id)
      store()
      return true
    },
    /** The text stays; its versions are others from now on. */
    forgetUpdates: (id: string): void => {
      const note = notes.get(id)!
      note.first = firstVersion()
      note.updates.length = 0
      note.stored = note.first
    },
    hold: (hold: boolean): void => {
      held = hold
      store()
    },
  }
}

export type FakeNotes = ReturnType<typeof createFakeNotes>
