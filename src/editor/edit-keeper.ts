import { ChangeSet, Text } from '@codemirror/state'
import { diffTexts, distance } from './text-diff.ts'

/** One step of a text. */
interface Edit {
  readonly changes: ChangeSet
  readonly own: boolean
  /** Which of its editor's steps it is, from 1. Others' have none, and own ones that the worker never counted. */
  readonly count?: number | undefined
}

/** `version`: what the worker counts it as; null before the worker has sent it back. */
export interface KeptEdit extends Edit {
  readonly version: number | null
}

/** A stored text and what came after it, as JSON, to be carried over to another page. */
export interface KeptEdits {
  /** The editor whose own edits these are. Whoever goes on with them goes on as this editor. */
  readonly editor: string
  readonly base: string
  readonly edits: readonly { readonly changes: unknown; readonly own: boolean; readonly count?: number }[]
}

interface History {
  readonly base: Text
  readonly edits: readonly Edit[]
}

/** Which of a history's states a fresh text may stand for, by the number of edits that are done in it. */
export interface Reach {
  readonly from: number
  readonly to: number
}

/**
 * What is known from how many of the editor's steps are in a text; undefined where the worker cannot say. Steps are
 * done in their order, so that there is a last one that is in it.
 */
export const reachOf = ({ edits }: History, counted: number | undefined): Reach => {
  const anywhere = { from: 0, to: edits.length }
  if (counted === undefined) return anywhere
  const from = edits.findLastIndex(({ count }) => count !== undefined && count <= counted) + 1
  const first = edits.findIndex(({ count }) => count !== undefined && count > counted)
  return { from, to: first < 0 ? edits.length : Math.max(from, first) }
}

const statesOf = ({ base, edits }: History): Text[] => {
  const states = [base]
  for (const { changes } of edits) states.push(changes.apply(states.at(-1)!))
  return states
}

/** For each state, the way on from it that has only others' edits, as if own ones were undone. Built from the end. */
const othersOn = (states: readonly Text[], edits: History['edits']): ChangeSet[] => {
  const ways = [ChangeSet.empty(states.at(-1)!.length)]
  for (let index = edits.length - 1; index >= 0; index--) {
    const { changes, own } = edits[index]!
    const after = ways[0]!
    const undone = own ? after.compose(changes.invert(states[index]!).map(after)) : after
    ways.unshift(changes.compose(undone))
  }
  return ways
}

/** The own edits that follow a state, one by one, as if others had done nothing after it. */
const ownAfter = (states: readonly Text[], edits: History['edits'], index: number): ChangeSet[] => {
  const steps: ChangeSet[] = []
  let withoutOthers = ChangeSet.empty(states[index]!.length)
  for (let at = index; at < edits.length; at++) {
    const { changes, own } = edits[at]!
    if (own) {
      steps.push(changes.map(withoutOthers))
      withoutOthers = withoutOthers.map(changes, true)
    } else withoutOthers = changes.invert(states[at]!).compose(withoutOthers)
  }
  return steps
}

const over = (steps: readonly ChangeSet[], way: ChangeSet): ChangeSet[] => {
  let rest = way
  return steps.map(step => {
    const moved = step.map(rest)
    rest = rest.map(step, true)
    return moved
  })
}

interface Guess {
  readonly text: Text
  /** How many edits of the history are done in it. */
  readonly index: number
  /** Others' later edits that are in it, too. */
  readonly others: ChangeSet
}

/**
 * What a fresh text may be: a state of the history, or one on top of which others have already done their later edits
 * again. Earlier states come first: where two guesses are as good, an edit that is doubled is better than one lost.
 */
const guesses = (states: readonly Text[], edits: History['edits'], reach: Reach): Guess[] => {
  const others = othersOn(states, edits)
  return states.slice(reach.from, reach.to + 1).flatMap((text, place) => {
    const index = reach.from + place
    const plain = { text, index, others: ChangeSet.empty(text.length) }
    const way = others[index]!
    return way.empty ? [plain] : [plain, { text: way.apply(text), index, others: way }]
  })
}

const best = (all: readonly Guess[], fresh: Text): Guess => {
  const exact = all.find(guess => guess.text.eq(fresh))
  if (exact) return exact
  const distances = all.map(guess => distance(guess.text, fresh))
  return all[distances.indexOf(Math.min(...distances))]!
}

/**
 * What is still to be done to a fresh text from the worker, step by step, so that every own edit is in it once, and how
 * many edits of the history are done in it. Where the worker does not know which own edits it has, the closest of what
 * the history makes possible says so.
 */
export const missingFrom = (
  history: History,
  fresh: Text,
  reach: Reach,
): { readonly steps: readonly ChangeSet[]; readonly index: number } => {
  const states = statesOf(history)
  const { text, index, others } = best(guesses(states, history.edits, reach), fresh)
  const steps = over(ownAfter(states, history.edits, index), others)
  return { steps: over(steps, diffTexts(text, fresh)), index }
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
    history: (unconfirmed: readonly Edit[]): History => ({ base, edits: [...edits, ...unconfirmed] }),
  }
}

export type EditKeeper = ReturnType<typeof createEditKeeper>

/**
 * A keeper for a text that came anew as `version`: the first `index` edits of the history are done in it, and what
 * others did besides comes as one step. All of it is kept until that version is stored.
 */
export const keepOn = (history: History, index: number, fresh: Text, version: number): EditKeeper => {
  const done = history.edits.slice(0, index)
  const state = done.reduce((text, { changes }) => changes.apply(text), history.base)
  const keeper = createEditKeeper(history.base, version - 1)
  keeper.received(done.map(edit => ({ ...edit, version })))
  keeper.received([{ changes: diffTexts(state, fresh), own: false, version }])
  return keeper
}

/** The same history where the worker counts steps anew: what the old counts said no longer holds. */
export const withoutCounts = ({ base, edits }: History): History => ({
  base,
  edits: edits.map(({ changes, own }) => ({ changes, own })),
})

export const keptToJson = (editor: string, { base, edits }: History): KeptEdits => ({
  editor,
  base: base.toString(),
  edits: edits.map(({ changes, own, count }) => ({
    changes: changes.toJSON(),
    own,
    ...(count !== undefined && { count }),
  })),
})

export const keptFromJson = ({ base, edits }: KeptEdits): History => ({
  base: Text.of(base.split('\n')),
  edits: edits.map(({ changes, own, count }) => ({ changes: ChangeSet.fromJSON(changes), own, count })),
})
