import type { DocumentId } from '../../protocol/ids.ts'
import type { OpenNote } from '../../worker/notes/open-notes.ts'
import type { Dice } from '../support/seeded.ts'
import type { Census } from './census.ts'
import { type Ledger, WORD } from './ledger.ts'
import type { WorkerLife } from './worker-life.ts'

/** Opens a note for somebody who looks at it; null where it is not there any more. */
export const openNote = async (life: WorkerLife, id: DocumentId): Promise<OpenNote | null> => {
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

/** A change as CodeMirror writes it. */
const change = (length: number, from: number, to: number, insert: string): unknown[] =>
  [from, insert === '' ? [to - from] : [to - from, insert], length - to].filter(part => part !== 0)

interface Deps {
  readonly life: WorkerLife
  readonly device: string
  readonly dice: Dice
  readonly ledger: Ledger
  readonly census: Census
}

/** Somebody types a word into a note, or takes one out. */
export const write = async ({ life, device, dice, ledger, census }: Deps): Promise<void> => {
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
    edit(note, device, change(text.length, removed.index, to, ''))
    await note.document.stored()
    ledger.deleted(word, device)
    return
  }
  const word = ledger.newWord(device)
  const gaps = [0, ...words.map(found => found.index + found[0].length)]
  const at = dice.pick(gaps)
  census.count('word written')
  ledger.wrote(word, id)
  edit(note, device, change(text.length, at, at, `${word} `))
  await note.document.stored()
  ledger.stored(word, device)
}

const edit = (note: OpenNote, clientID: string, changes: unknown[]): void => {
  const answer = note.text.edit(note.text.version(), [{ clientID, changes }])
  if (!answer.ok) throw new Error(answer.error.message)
}
