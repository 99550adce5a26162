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

/**
 * For each state, the way on from it that has only the edits chosen by `keep`, as if the rest of them were undone.
 * Built from the last state backwards.
 */
const waysOn = (
  states: readonly Text[],
  edits: History['edits'],
  keep: (own: boolean) => boolean,
): ChangeSet[] => {
  const ways = [ChangeSet.empty(states.at(-1)!.length)]
  for (let index = edits.length - 1; index >= 0; index--) {
    const { changes, own } = edits[index]!
    const after = ways[0]!
    const undone = keep(own) ? after : after.compose(changes.invert(states[index]!).map(after))
    ways.unshift(changes.compose(undone))
  }
  return ways
}

interface Guess {
  readonly text: Text
  /** Own edits that are not in `text`, to be done on it. */
  readonly missing: ChangeSet
}

/**
 * What a fresh text may be: a state of the history, or one on top of which others have already done their later edits
 * again. Earlier states come first: where two guesses are as good, an edit that is doubled is better than one lost.
 */
const guesses = (history: History): Guess[] => {
  const states = statesOf(history)
  const own = waysOn(states, history.edits, isOwn => isOwn)
  const others = waysOn(states, history.edits, isOwn => !isOwn)
  return states.flatMap((state, index) => {
    const plain = { text: state, missing: own[index]! }
    const way = others[index]!
    return way.empty ? [plain] : [plain, { text: way.apply(state), missing: own[index]!.map(way) }]
  })
}

const best = (all: readonly Guess[], fresh: Text): Guess => {
  const exact = all.find(guess => guess.text.eq(fresh))
  if (exact) return exact
  const distances = all.map(guess => distance(guess.text, fresh))
  return all[distances.indexOf(Math.min(...distances))]!
}

/**
 * What is still to be done to a fresh text from the worker so that every own edit is in it once. A worker that
 * started again has a text as it was at some moment after the stored one, but cannot tell which: the closest of what
 * our history makes possible says which edits it has.
 */
export const missingFrom = (history: History, fresh: Text, reach: Reach = 'any'): ChangeSet => {
  const known =
    reach === 'any' ? null : { base: statesOf(history)[reach.only]!, edits: history.edits.slice(reach.only) }
  const guess = known ? guesses(known)[0]! : best(guesses(history), fresh)
  return guess.missing.map(diffTexts(guess.text, fresh))
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
