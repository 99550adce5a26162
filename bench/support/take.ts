import type { Figure, Measured } from './figures.ts'
import type { PartOptions } from './options.ts'
import { writeResults } from './results.ts'
import { printFigures } from './table.ts'
import { within } from './within.ts'

/** What one round of a contender comes to. */
export type Measure = () => Promise<number>

/** A thing to be measured of several contenders in one case. */
export interface Question extends Omit<Figure, 'measured'> {
  readonly contenders: Readonly<Record<string, Measure>>
}

/** By contender, one round of it: a figure for each question. */
export type Measures = Readonly<Record<string, () => Promise<readonly number[]>>>

/** A part under way: what was measured is printed at once, and written in the end. */
export interface Taking {
  /** Measures every contender once a round, another one first in each. Who fails is left out from then on. */
  ask(question: Question): Promise<Figure>
  /** The same where one run of a contender gives several figures at once, by measure. */
  askAll(questions: readonly Omit<Question, 'contenders'>[], contenders: Measures): Promise<readonly Figure[]>
  /** Writes the results and their plots, and ends the process: what did not come to an end does not keep it. */
  finish(): never
}

/** Of one round of a contender. Whoever takes longer is left out, as one that fails. */
const PATIENCE_MS = 30 * 60_000
const PATIENCE_SMALL_MS = 100_000

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200)

/** The contenders of a round, beginning with another one in each, so that none is always measured first. */
const turned = <T>(all: readonly T[], round: number): readonly T[] => {
  const first = round % all.length
  return [...all.slice(first), ...all.slice(0, first)]
}

export const take = (
  part: string,
  options: PartOptions,
  versions: Readonly<Record<string, string>>,
): Taking => {
  // What was started ends with the process, if it gets the time to say so.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const figures: Figure[] = []
  const patienceMs = options.small ? PATIENCE_SMALL_MS : PATIENCE_MS

  const askAll: Taking['askAll'] = async (questions, contenders) => {
    const names = Object.keys(contenders).filter(name => options.only === null || options.only === name)
    const samples = new Map(names.map(name => [name, questions.map((): number[] => [])]))
    const failed = new Map<string, string>()
    for (let round = 0; round < options.rounds; round++) {
      for (const name of turned(names, round)) {
        if (failed.has(name)) continue
        try {
          const values = await within(patienceMs, contenders[name]!(), 'one round')
          for (const [index, value] of values.entries()) samples.get(name)![index]!.push(value)
        } catch (error) {
          failed.set(name, messageOf(error))
        }
      }
    }
    const taken = questions.map(
      (question, index): Figure => ({
        ...question,
        measured: names.map((contender): Measured => {
          const why = failed.get(contender)
          const own = { contender, samples: samples.get(contender)![index]! }
          return why === undefined ? own : { ...own, failed: why }
        }),
      }),
    )
    figures.push(...taken)
    printFigures(taken)
    return taken
  }

  return {
    askAll,
    ask: async ({ contenders, ...question }) => {
      const single = Object.entries(contenders).map(
        ([name, measure]) => [name, async () => [await measure()]] as const,
      )
      const [figure] = await askAll([question], Object.fromEntries(single))
      return figure!
    },
    finish: () => {
      writeResults(part, options, versions, figures)
      process.exit()
    },
  }
}
