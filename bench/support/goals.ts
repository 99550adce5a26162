import { growthsIn } from './exponents.ts'
import type { Figure, Results } from './figures.ts'
import { median } from './statistics.ts'
import { caseOf, short } from './table.ts'

/** What became of a goal. */
export interface Judged {
  readonly goal: string
  /** In words, with figures. */
  readonly measured: string
  readonly reached: 'yes' | 'no' | 'unknown'
}

type All = ReadonlyMap<string, Results>

interface Goal {
  readonly goal: string
  /** Throws `NotMeasured` where a figure is missing. */
  readonly judge: (all: All) => { readonly measured: string; readonly reached: boolean }
}

class NotMeasured extends Error {}

const HOLDFAST = 'Holdfast'
const USUAL = 'the usual way'
const BARE = 'the bare limit'
/** How long Holdfast gathers what is typed while others are there (ms). */
const BATCH_MS = 50
/** What is on the screen does not grow; measured twice, neither does anything else by more than this. */
const EVEN = 0.2

const figuresOf = (all: All, part: string, measure: string): readonly [Figure, ...Figure[]] => {
  const [first, ...others] = all.get(part)?.figures.filter(figure => figure.measure === measure) ?? []
  if (!first) throw new NotMeasured(`${part}: ${measure}`)
  return [first, ...others]
}

/** The one that was taken with so much of this, as the goal has it. */
const figureWith = (figures: readonly Figure[], axis: string, size: number): Figure => {
  const found = figures.find(figure => figure.with[axis] === size)
  if (!found) throw new NotMeasured(`${figures[0]?.measure} with ${size} ${axis}`)
  return found
}

const samplesOf = (figure: Figure, contender: string): readonly number[] => {
  const samples = figure.measured.find(one => one.contender === contender)?.samples ?? []
  if (samples.length === 0) throw new NotMeasured(`${figure.measure}: ${contender}`)
  return samples
}

const medianOf = (figure: Figure, contender: string): number => median(samplesOf(figure, contender))

/** The largest of some values; throws where there is none, as nothing was measured then. */
const worst = (values: readonly number[]): number => {
  if (values.length === 0) throw new NotMeasured('the size that the goal has')
  return Math.max(...values)
}

const worstRatio = (figures: readonly Figure[], to: string): number =>
  worst(figures.map(figure => medianOf(figure, HOLDFAST) / medianOf(figure, to)))

const percent = (share: number): string => `${short(100 * share)} %`

const isSmallNote = (figure: Figure): boolean => figure.with['bytes of note'] === 1_000

/** The goals as they were set, in their order. */
const GOALS: readonly Goal[] = [
  {
    goal: 'A key is in another tab within 2 times the bare round trip',
    judge: all => {
      const [inPage, drawn] = ['in the page', 'drawn'].map(what =>
        worstRatio(figuresOf(all, 'typing', `key to other tab, ${what}, p50`).filter(isSmallNote), BARE),
      ) as [number, number]
      return {
        measured: `${short(inPage)} times until it is in the page, ${short(drawn)} until it is drawn (medians, the worst number of tabs)`,
        reached: inPage <= 2,
      }
    },
  },
  {
    goal: 'A key is on another device within 60 ms with people present (median)',
    judge: all => {
      const times = figuresOf(all, 'typing', 'key to other device, drawn, p50')
        .filter(isSmallNote)
        .map(figure => medianOf(figure, HOLDFAST))
      return {
        measured: `${short(worst(times))} ms until it is drawn`,
        reached: worst(times) < 60,
      }
    },
  },
  {
    goal: '… and of that all but the batch window is at most 3 ms above bare ws',
    judge: all => {
      const above = figuresOf(all, 'typing', 'key to other device, in the page, p50')
        .filter(isSmallNote)
        .map(figure => medianOf(figure, HOLDFAST) - medianOf(figure, BARE))
      const most = worst(above)
      // A first key goes at once: the window counts only where it was waited for.
      const rest = most >= BATCH_MS ? most - BATCH_MS : most
      return {
        measured: `${short(most)} ms above it, ${short(rest)} of them not the window`,
        reached: rest <= 3,
      }
    },
  },
  {
    goal: 'A second tab shows the list within 150 ms at 10,000 notes',
    judge: all => {
      const figure = figureWith(figuresOf(all, 'starts', 'second tab to the list'), 'notes', 10_000)
      const ms = medianOf(figure, HOLDFAST)
      return { measured: `${short(ms)} ms`, reached: ms < 150 }
    },
  },
  {
    goal: '… at least 10 times quicker than the usual way',
    judge: all => {
      const figure = figureWith(figuresOf(all, 'starts', 'second tab to the list'), 'notes', 10_000)
      const times = medianOf(figure, USUAL) / medianOf(figure, HOLDFAST)
      return { measured: `${short(times)} times`, reached: times >= 10 }
    },
  },
  {
    goal: 'Memory at 20 tabs is at most a quarter of the usual way',
    judge: all => {
      const figure = figureWith(figuresOf(all, 'memory', 'memory of the whole browser'), 'tabs', 20)
      const [own, usual] = [medianOf(figure, HOLDFAST), medianOf(figure, USUAL)]
      const measured = `${short(own)} of ${short(usual)} MB at ${figure.with.tabs} tabs: ${percent(own / usual)}`
      return { measured, reached: own <= usual / 4 }
    },
  },
  {
    goal: 'The relay delivers at least 80 % of what bare ws does',
    judge: all => {
      const figures = figuresOf(all, 'relay', 'deliveries')
      const shares = figures.map(figure => medianOf(figure, HOLDFAST) / medianOf(figure, 'bare ws'))
      const measured = figures.map((figure, index) => `${percent(shares[index]!)} with ${caseOf(figure)}`)
      return { measured: measured.join(', '), reached: Math.min(...shares) >= 0.8 }
    },
  },
  {
    goal: '… and is ahead of every other server in that',
    judge: all => {
      const ahead = figuresOf(all, 'relay', 'deliveries').flatMap(figure =>
        figure.measured
          .filter(
            ({ contender, samples }) => ![HOLDFAST, 'bare ws'].includes(contender) && samples.length > 0,
          )
          .filter(({ samples }) => median(samples) >= medianOf(figure, HOLDFAST))
          .map(({ contender }) => `${contender} with ${caseOf(figure)}`),
      )
      const measured = ahead.length === 0 ? 'it is' : `ahead of it: ${ahead.join(', ')}`
      return { measured, reached: ahead.length === 0 }
    },
  },
  {
    goal: 'Nothing confirmed is lost at kill -9',
    judge: all => {
      const [figure] = figuresOf(all, 'relay', 'updates lost at kill -9 that had been confirmed')
      const lost = Math.max(...samplesOf(figure, HOLDFAST))
      return { measured: `${lost} lost in ${samplesOf(figure, HOLDFAST).length} kills`, reached: lost === 0 }
    },
  },
  {
    goal: 'Typing takes at most 1.5 times the bytes of plain Yjs batched the same way',
    judge: all => {
      const figures =
        all.get('bytes')?.figures.filter(({ measure }) => measure.includes('for each key')) ?? []
      if (figures.length === 0) throw new NotMeasured('bytes for each key')
      const times = worstRatio(figures, 'y-websocket, in batches')
      return { measured: `${short(times)} times`, reached: times <= 1.5 }
    },
  },
  {
    goal: 'An idle app takes less than 0.1 % of a processor',
    judge: all => {
      const shares = ['seen', 'hidden'].map(view => {
        const [figure] = figuresOf(all, 'idle', `processor time, idle, ${view}`)
        const share = (name: string): number => medianOf(figure, name) / Number(figure.with.seconds)
        return { view, own: share(HOLDFAST), empty: share('an empty page') }
      })
      const measured = shares.map(
        ({ view, own, empty }) =>
          `${view} ${percent(own)} with the browser, which takes ${percent(empty)} empty`,
      )
      return { measured: measured.join('; '), reached: shares.every(({ own, empty }) => own - empty < 0.001) }
    },
  },
  {
    goal: 'Nothing that a person waits for grows faster than what is on the screen',
    judge: all => {
      const growths = [...all.values()]
        .flatMap(growthsIn)
        .filter(({ isWaitedFor, exponents }) => isWaitedFor && exponents.has(HOLDFAST))
      if (growths.length === 0) throw new NotMeasured('growth')
      const growing = growths.filter(({ exponents }) => exponents.get(HOLDFAST)! > EVEN)
      const inWords = growing.map(
        ({ part, measure, axis, exponents }) =>
          `${part}: ${measure}, over ${axis} (${exponents.get(HOLDFAST)!.toFixed(2)})`,
      )
      const measured = growing.length === 0 ? `no exponent above ${EVEN}` : inWords.join('; ')
      return { measured: `${measured}, of ${growths.length}`, reached: growing.length === 0 }
    },
  },
]

/** Of every goal, from what the parts wrote. */
export const judgeGoals = (all: All): readonly Judged[] =>
  GOALS.map(({ goal, judge }) => {
    try {
      const { measured, reached } = judge(all)
      return { goal, measured, reached: reached ? 'yes' : 'no' }
    } catch (error) {
      if (!(error instanceof NotMeasured)) throw error
      return { goal, measured: `there is no figure of ${error.message}`, reached: 'unknown' }
    }
  })
