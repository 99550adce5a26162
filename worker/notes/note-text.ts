import type { ChangeSet } from '@codemirror/state'
import type * as Y from 'yjs'
import { MAX_NOTE_LENGTH } from '../../protocol/limits.ts'
import type { EditOutcome, TextUpdate } from '../../protocol/notes.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { OpenDocument } from '../documents/documents.ts'
import { createListeners } from '../listeners.ts'
import { type Random, randomId } from '../platform/random.ts'
import { createEditCounts } from './edit-counts.ts'
import {
  applyReplacements,
  changeSetOf,
  insertedBy,
  mayNeedRepair,
  mayTurnUnforeseen,
  parseChanges,
  repairs,
  replacementsOf,
  replacementsOfDelta,
} from './text-changes.ts'
import { diffText } from './text-diff.ts'
import { readText, replaceInText, textOf } from './y-text.ts'

/** The one place that decides on the order of changes to a note's text, between the tabs and Yjs. */
export interface NoteText {
  /** The editor id under which changes from elsewhere appear. */
  readonly clientID: string
  text(): string
  version(): number
  /** This version and all before it were read back from the disk. */
  stored(): number
  /**
   * Applies what a tab typed on `version`, or refuses it whole: as stale, or as out of step where the updates do not
   * follow the last one of their editor. Errors: `bad-edit` (no changes of this text), `note-too-long`.
   */
  edit(version: number, updates: readonly TextUpdate[]): Result<EditOutcome>
  /** How many steps of each editor are in the text. */
  counts(): Readonly<Record<string, number>>
  /** The updates that lead from a version to the newest; null where they are no longer kept. */
  since(version: number): readonly TextUpdate[] | null
  onChange(listener: () => void): () => void
  close(): void
}

// A tab that is further behind than this begins anew from a snapshot.
const MAX_KEPT_UPDATES = 5000
const MAX_KEPT_LENGTH = 2_000_000

const weigh = (update: TextUpdate): number => JSON.stringify(update.changes).length

const NO_EDIT = fail(
  'bad-edit',
  'This change does not fit the note. Copy what you wrote and open the note again.',
)

/** What a tab sends may be anything; the changes themselves are checked where they are read. */
const areTextUpdates = (updates: readonly TextUpdate[]): boolean =>
  updates.every(
    (update: Partial<TextUpdate> | null) =>
      typeof update?.clientID === 'string' && ['undefined', 'number'].includes(typeof update.count),
  )

/** Below 2^40, so that no edit made for an earlier life of this note's authority can pass as one for this life. */
const firstVersion = (random: Random): number => random(5).reduce((value, byte) => value * 256 + byte, 0)

export const createNoteText = ({ open, random }: { open: OpenDocument; random: Random }): NoteText => {
  const clientID = randomId(random)
  const shared = textOf(open.doc)
  const origin = {}
  const listeners = createListeners()
  let text = readText(shared)
  let mayTurn = mayTurnUnforeseen(text)
  let version = firstVersion(random)
  let stored = version - 1
  const kept: { readonly update: TextUpdate; readonly weight: number }[] = []
  let keptLength = 0
  const counts = createEditCounts(open)
  /** Versions that are not stored yet, each with the document's count of edits that holds it. */
  const awaited: { readonly version: number; readonly edits: number }[] = []
  let storedEdits = -1

  const announce = (): void => listeners.tell()

  const record = (update: TextUpdate): void => {
    const weight = weigh(update)
    kept.push({ update, weight })
    keptLength += weight
    version++
    if (kept.length <= MAX_KEPT_UPDATES && keptLength <= MAX_KEPT_LENGTH) return
    const removed = kept.splice(0, Math.ceil(kept.length / 2))
    keptLength -= removed.reduce((sum, { weight }) => sum + weight, 0)
  }

  const settle = (): void => {
    for (let next = awaited[0]; next && next.edits <= storedEdits; next = awaited[0]) {
      stored = Math.max(stored, next.version)
      awaited.shift()
    }
  }

  const holdUntil = (edits: number): void => {
    awaited.push({ version, edits })
    settle()
  }

  /**
   * Records what is in the shared text now and was not foreseen here: halves of characters that Yjs replaced. It reads
   * all of the text, so it is asked for only where that can be: nothing else in a text turns unforeseen.
   */
  const adopt = (): boolean => {
    if (!mayTurn && shared.length === text.length) return false
    const now = readText(shared)
    mayTurn = mayTurnUnforeseen(now)
    if (now === text) return false
    const changes = changeSetOf(diffText(text, now), text.length)
    record({ clientID, changes: changes.toJSON() })
    text = now
    return true
  }

  const follow = (event: Y.YTextEvent, transaction: Y.Transaction): void => {
    if (transaction.origin === origin) return
    const before = text
    const steps = replacementsOfDelta(event.delta, before.length)
    if (!steps) mayTurn = true
    else if (steps.length > 0) {
      const changes = changeSetOf(steps, before.length)
      text = applyReplacements(before, replacementsOf(changes))
      mayTurn ||= steps.some(({ insert }) => mayTurnUnforeseen(insert))
      record({ clientID, changes: changes.toJSON() })
    }
    const more = adopt()
    if (!more && text === before) return
    // The document counts this update only after its observers have run.
    holdUntil(open.edits() + 1)
    announce()
  }
  shared.observe(follow)

  const storedUpTo = (edits: number): void => {
    storedEdits = Math.max(storedEdits, edits)
    const before = stored
    settle()
    if (stored !== before) announce()
  }
  const stopStored = open.onStored(storedUpTo)
  const opened = version
  void open.stored().then(() => {
    if (stored >= opened) return
    stored = opened
    announce()
  })

  const edit = (base: number, updates: readonly TextUpdate[]): Result<EditOutcome> => {
    if (!areTextUpdates(updates)) return NO_EDIT
    if (base !== version) return ok({ accepted: false })
    // The version alone does not tell: what a tab sent before this may have been refused, and others moved it on as far.
    const counted = counts.after(updates)
    if (!counted) return ok({ accepted: false, outOfStep: true })
    let composed: ChangeSet | null = null
    for (const update of updates) {
      const next = parseChanges(update.changes, composed ? composed.newLength : text.length)
      if (!next) return NO_EDIT
      composed = composed ? composed.compose(next) : next
    }
    if (!composed) return ok({ accepted: true, version })
    const typed = replacementsOf(composed)
    const raw = applyReplacements(text, typed)
    if (raw.length > MAX_NOTE_LENGTH && raw.length > text.length)
      return fail(
        'note-too-long',
        `A note holds at most ${MAX_NOTE_LENGTH} characters. Continue in a new note.`,
      )

    const repaired = mayNeedRepair(text, typed) ? repairs(raw, insertedBy(composed)) : []
    const correction = changeSetOf(repaired, raw.length)
    const steps = repaired.length > 0 ? replacementsOf(composed.compose(correction)) : typed
    for (const { clientID, count, changes } of updates)
      record({ clientID, ...(count !== undefined && { count }), changes })
    // The tab already shows what it typed, so a correction is a change of its own that it gets afterwards.
    if (repaired.length > 0) record({ clientID, changes: correction.toJSON() })
    text = repaired.length > 0 ? applyReplacements(text, steps) : raw
    mayTurn ||= typed.some(({ insert }) => mayTurnUnforeseen(insert))
    counts.set(counted)
    // First of all the other tabs, where somebody may be looking; what it takes to keep the words comes after it.
    announce()
    const before = open.edits()
    open.doc.transact(() => replaceInText(shared, steps), origin)
    if (repaired.length > 0 || shared.length !== text.length) adopt()
    // Steps that change nothing are counted, and the count has to be stored, too: no update tells of it.
    const upTo = open.edits() > before ? open.edits() : before + 0.5
    holdUntil(upTo)
    if (upTo > open.edits()) void open.stored().then(() => storedUpTo(upTo))
    announce()
    return ok({ accepted: true, version: base + updates.length })
  }

  return {
    clientID,
    text: () => text,
    version: () => version,
    stored: () => stored,
    counts: counts.all,
    edit,
    since: from => {
      const missing = version - from
      if (missing < 0 || missing > kept.length) return null
      return kept.slice(kept.length - missing).map(({ update }) => update)
    },
    onChange: listeners.add,
    close: () => {
      shared.unobserve(follow)
      stopStored()
      listeners.clear()
    },
  }
}
