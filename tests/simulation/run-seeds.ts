import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What came of some seeds. */
export interface Report {
  readonly seeds: number
  /** How long it took, on all cores together. */
  readonly milliseconds: number
  readonly failures: readonly { readonly seed: number; readonly problems: readonly string[] }[]
  /** One for each seed: the same for the same seed, always. */
  readonly traces: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

export interface Seeds {
  readonly from: number
  readonly count: number
  /** A rule that is broken. */
  readonly variant?: string
}

interface Watching {
  /** Hears of what was played, as it is played. */
  readonly onPart?: ((part: Report) => void) | undefined
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined
}

const MAIN = join(import.meta.dirname, 'main.ts')
/** New processes now and then: what the code under test leaves lying about does not pile up for hours. */
const SEEDS_OF_A_PROCESS = 1_000
/** The longest stories take seconds. */
const SILENT_MS = 5 * 60_000
/** What lives for the length of a story need not be moved out of the nursery. */
const NODE_OPTIONS = ['--max-semi-space-size=64']

const NOTHING: Report = { seeds: 0, milliseconds: 0, failures: [], traces: [], counts: {} }

const together = (one: Report, other: Report): Report => {
  const counts = { ...one.counts }
  for (const [what, times] of Object.entries(other.counts)) counts[what] = (counts[what] ?? 0) + times
  return {
    seeds: one.seeds + other.seeds,
    milliseconds: one.milliseconds + other.milliseconds,
    failures: [...one.failures, ...other.failures],
    traces: [...one.traces, ...other.traces],
    counts,
  }
}

/** Plays seeds in a process of their own. Rejects where that process fails itself. */
export const runSeeds = (seeds: Seeds, { onPart, signal }: Watching = {}): Promise<Report> =>
  new Promise((resolve, reject) => {
    const args = Object.entries(seeds).flatMap(([name, value]) => [`--${name}`, String(value)])
    // What a broken variant comes to is no news.
    const errors = seeds.variant === undefined ? 'inherit' : 'ignore'
    const child = spawn(process.execPath, [...NODE_OPTIONS, MAIN, ...args], {
      stdio: ['ignore', 'pipe', errors],
    })
    let report = NOTHING
    const stop = (): void => void child.kill('SIGKILL')
    const giveUp = setTimeout(stop, SILENT_MS)
    signal?.addEventListener('abort', stop)
    createInterface(child.stdout!).on('line', line => {
      giveUp.refresh()
      const part = JSON.parse(line) as Report
      report = together(report, part)
      onPart?.(part)
    })
    child.on('error', reject)
    child.on('close', (code, killedBy) => {
      clearTimeout(giveUp)
      signal?.removeEventListener('abort', stop)
      const next = seeds.from + report.seeds
      // Ctrl-C reaches all processes of a terminal at once.
      if (code === 0 || signal?.aborted || killedBy === 'SIGINT') resolve(report)
      else reject(new Error(`The simulation ended with ${code ?? killedBy} in seed ${next} or soon after.`))
    })
  })

/** Plays seeds in several processes at once, until all are played or `signal` says that it is enough. */
export const runSeedsAtOnce = async (
  from: number,
  count: number,
  processes: number,
  watching: Watching = {},
): Promise<Report> => {
  const most = Math.min(SEEDS_OF_A_PROCESS, Math.ceil(count / processes))
  const { signal, onPart } = watching
  const end = from + count
  let next = from
  let report = NOTHING
  const playOn = async (): Promise<void> => {
    if (next >= end || signal?.aborted) return
    const seeds = { from: next, count: Math.min(most, end - next) }
    next += seeds.count
    let played = 0
    const add = (part: Report): void => {
      played += part.seeds
      report = together(report, part)
      onPart?.(part)
    }
    await runSeeds(seeds, { signal, onPart: add }).catch((error: Error) => {
      // One process less is no reason to throw away hours of the others.
      add({ ...NOTHING, failures: [{ seed: seeds.from + played, problems: [error.message] }] })
    })
    return playOn()
  }
  await Promise.all(Array.from({ length: processes }, playOn))
  return report
}
