import type { Mark } from '../../../protocol/relay-messages.ts'
import type { DocumentState } from '../../documents/document-state.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import { marksOfNewLog, type RelayMarks, START } from './relay-marks.ts'

/** A document's marks at one relay: changed in memory at once, written soon, with the content that they speak of. */
export interface KeptMarks {
  /** Null as long as the relay has never answered. */
  get(): RelayMarks | null
  /** Changes some of them. Does nothing where neither marks nor the relay's log are known. */
  set(change: Partial<RelayMarks>): void
  /** Puts others in their place, which are written with the next change only: the disk keeps what held before. */
  replace(marks: RelayMarks): void
  /** The relay has all that the document holds. Written whenever something is. */
  acknowledge(state: DocumentState): void
  /** Resolves when the marks of this moment, and all that they speak of, were read back (SYNC-1). */
  save(): Promise<void>
  /** The cursor that was read back last, as a position of the log that is read now. */
  storedPosition(): number
  stop(): void
}

interface Deps {
  readonly store: Pick<DocumentStore, 'mark' | 'setMark' | 'save' | 'saving'>
  readonly relay: string
  readonly clock: Clock
  /** The relay's log, as it greeted us; null where there is no connection. */
  readonly log: () => string | null
  /** The last moment to change them. */
  readonly beforeSave: () => void
  readonly onChange: () => void
}

const PAUSE_MS = 300

/** Up to where a log is stored with its document. */
interface Stored {
  readonly log: string | null
  readonly cursor: Mark
}

const NOTHING: Stored = { log: null, cursor: START }

export const createKeptMarks = ({ store, relay, clock, ...deps }: Deps): KeptMarks => {
  const key = `relay ${relay}`
  const found = store.mark(key) as RelayMarks | undefined
  let marks: RelayMarks | null = found ? { ...marksOfNewLog(found.log), ...found } : null
  /** What was found may be in memory only: sync may begin anew on a document that a full disk did not take. */
  let stored: Stored = marks === null || store.saving() ? NOTHING : { log: marks.log, cursor: marks.cursor }
  /** Grows when the log is read anew: what is saved from before says nothing of it. */
  let era = 0
  let cancelSave = (): void => {}

  const save = async (): Promise<void> => {
    const { log, cursor } = marks!
    const begun = era
    await store.save()
    if (begun === era) stored = { log, cursor }
    deps.onChange()
  }

  return {
    get: () => marks,
    set: change => {
      const log = marks?.log ?? deps.log()
      if (log === null) return
      marks = { ...(marks ?? marksOfNewLog(log)), ...change }
      store.setMark(key, marks)
      cancelSave()
      cancelSave = clock.after(PAUSE_MS, () => {
        deps.beforeSave()
        void save()
      })
    },
    replace: next => {
      marks = next
      era += 1
      stored = NOTHING
    },
    acknowledge: state => {
      marks = { ...marks!, acknowledged: state }
      store.setMark(key, marks)
      deps.onChange() // it may be clean only now
    },
    save,
    storedPosition: () => (stored.log === marks?.log ? stored.cursor.position : START.position),
    stop: () => cancelSave(),
  }
}
