import * as Y from 'yjs'
import type { DocumentId } from '../../protocol/ids.ts'
import type { HeldNote, OpenNote } from '../../worker/notes/open-notes.ts'
import type { Dice } from '../support/seeded.ts'
import type { Census } from './census.ts'
import { type Ledger, WORD, type Written } from './ledger.ts'
import type { Places } from './places.ts'
import type { WorkerLife } from './worker-life.ts'

/** Opens a note for somebody who looks at it; null where it is not there any more. */
export const openNote = async (life: WorkerLife, id: DocumentId): Promise<HeldNote | null> => {
  const known = life.notes.get(id)
  if (known) return known
  const opened = await life.session.notes.open(id)
  if (!opened.ok) return null
  const meanwhile = life.notes.get(id)
  if (meanwhile) {
    opened.value.release()
    return meanwhile
  }
  life.notes.set(id, opened.value)
  return opened.value
}

/** Up to where a device has changed the index in this life. */
export const indexClock = ({ home }: WorkerLife, client = home.doc.clientID): Written => ({
  client,
  clock: Y.getState(home.doc.store, client),
})

/** A change as CodeMirror writes it. */
const change = (length: number, from: number, to: number, insert: string): unknown[] =>
  [from, insert === '' ? [to - from] : [to - from, insert], length - to].filter(part => part !== 0)

interface Deps {
  readonly life: WorkerLife
  readonly device: string
  readonly dice: Dice
  readonly ledger: Ledger
  readonly places: Places
  readonly census: Census
}

/** Somebody types a word into a note, or takes one out. */
export const write = async ({ life, device, dice, ledger, places, census }: Deps): Promise<void> => {
  const rows = life.session.notes.home.rows('notes')
  if (rows.length === 0) return
  const { id } = dice.pick(rows)
  const note = await openNote(life, id)
  if (note === null) return
  const text = note.text.text()
  const words = [...text.matchAll(WORD)]
  const removed = words.length > 2 && dice.below(4) === 0 ? dice.pick(words) : null
  if (removed) {
    const word = removed[0].trim()
    census.count('word deleted')
    ledger.deleting(word)
    const to = removed.index + removed[0].length
    if (!(await edit(life, note, device, change(text.length, removed.index, to, '')))) return
    await note.document.stored()
    if (!places.isRemovedBy(id, device)) ledger.deleted(word, device)
    return
  }
  const word = ledger.newWord(device)
  const gaps = [0, ...words.map(found => found.index + found[0].length)]
  const at = dice.pick(gaps)
  census.count('word written')
  ledger.wrote(word, id, indexClock(life))
  if (!(await edit(life, note, device, change(text.length, at, at, `${word} `)))) return
  await note.document.stored()
  if (!places.isRemovedBy(id, device)) ledger.stored(word, device)
}

/** Says whether it was taken: somebody may have been quicker, or deleted the note. */
const edit = async (
  { session }: WorkerLife,
  { id, text }: OpenNote,
  clientID: string,
  changes: unknown[],
): Promise<boolean> => {
  const answer = await session.notes.edit(id, text.version(), [{ clientID, changes }])
  // It may be gone, or whoever writes: they were put out.
  if (!answer.ok && answer.error.code !== 'no-note' && answer.error.code !== 'access-denied')
    throw new Error(answer.error.message)
  return answer.ok && answer.value.accepted
}
