import { ChangeSet, Text } from '@codemirror/state'
import { diffTexts, distance } from './text-diff.ts'

/** One step of a text. `version`: what the worker counts it as; null before the worker has sent it back. */
export interface KeptEdit {
  readonly changes: ChangeSet
  readonly own: boolean
  readonly version: number | null
}

/** A stored text and what came after it, as JSON, to be carried over a reload of the page. */
export interface KeptEdits {
  readonly base: string
  readonly edits: readonly { readonly changes: unknown; readonly own: boolean }[]
}

interface History {
  readonly base: Text
  readonly edits: readonly Pick<KeptEdit, 'changes' | 'own'>[]
}

/** Which of a history's states a fresh text may stand for: all, or exactly the one after `only` edits. */
export type Reach = { readonly only: number } | 'any'

const statesOf = ({ base, edits }: History): Text[] => {
  const states = [base]
  for (const { changes } of edits) states.push(changes.apply(states.at(-1)!))
  return states
}

/** The later one where two are equally close: it is lost work if an edit is missing, and a nuisance if it is doubled. */
const closest = (states: readonly Text[], fresh: Text): number => {
  for (let index = states.length - 1; index >= 0; index--) if (states[index]!.eq(fresh)) return index
  const distances = states.map(state => distance(state, fresh))
  return distances.lastIndexOf(Math.min(...distances))
}

/** The own edits among `edits`, from the text `start`, without those of others: as if they were undone. */
const ownOnly = (start: Text, edits: History['edits']): ChangeSet => {
  const states = statesOf({ base: start, edits })
  let after = ChangeSet.empty(states.at(-1)!.length)
  for (let index = edits.length - 1; index >= 0; index--) {
    const { changes, own } = edits[index]!
    if (!own) after = after.compose(changes.invert(states[index]!).map(after))
    // `after` now leads on from the state after this edit; put the edit itself before it.
    after = changes.compose(after)
  }
  return after
}

/**
 * What is still to be done to a fresh text from the worker so that every own edit is in it once. A worker that
 * started again has a text as it was at some moment after the stored one, but cannot tell which: the closest state of
 * our history says which edits it has.
 */
export const missingFrom = (history: History, fresh: Text, reach: Reach = 'any'): ChangeSet => {
  const states = statesOf(history)
  const index = reach === 'any' ? closest(states, fresh) : reach.only
  const state = states[index]!
  const own = ownOnly(state, history.edits.slice(index))
  return own.map(diffTexts(state, fresh))
}

/** Keeps the edits of a text, its own and others', until the worker has read them back from the disk. */
export const createEditKeeper = (start: Text, startVersion: number) => {
  let base = start
  const edits: KeptEdit[] = []
  let storedVersion = startVersion

  const drop = () => {
    while (edits[0] && edits[0].version! <= storedVersion) base = edits.shift()!.changes.apply(base)
  }

  return {
    /** Edits that came from the worker, own ones among them. */
    received(more: readonly KeptEdit[]): void {
      edits.push(...more)
      drop()
    },
    stored(version: number): void {
      storedVersion = Math.max(storedVersion, version)
      drop()
    },
    /** Whether every own edit that the worker has sent back is stored. */
    isStored: (): boolean => edits.every(edit => !edit.own),
    count: (): number => edits.length,
    /** The stored text, what came since, and `unconfirmed`, which the worker has not sent back yet. */
    history: (unconfirmed: readonly ChangeSet[]): History => ({
      base,
      edits: [...edits, ...unconfirmed.map(changes => ({ changes, own: true }))],
    }),
  }
}

export type EditKeeper = ReturnType<typeof createEditKeeper>

export const keptToJson = ({ base, edits }: History): KeptEdits => ({
  base: base.toString(),
  edits: edits.map(({ changes, own }) => ({ changes: changes.toJSON(), own })),
})

export const keptFromJson = ({ base, edits }: KeptEdits): History => ({
  base: Text.of(base.split('\n')),
  edits: edits.map(({ changes, own }) => ({ changes: ChangeSet.fromJSON(changes), own })),
})
