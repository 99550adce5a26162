import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runSeedsAtOnce } from '../tests/simulation/run-seeds.ts'

/**
 * `--seeds N` plays N seeds that nobody has played before, or those from `--from S` on, in as many processes as there
 * are cores, or `--jobs J`. Ctrl-C ends it and tells of what was played. `--seed S` plays one again and tells
 * everything that happens in it.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
})

const replay = (seed: string): number => {
  const main = join(import.meta.dirname, '..', 'tests', 'simulation', 'main.ts')
  return spawnSync(process.execPath, [main, '--from', seed, '--trace'], { stdio: 'inherit' }).status ?? 1
}

const TELL_EVERY_MS = 10_000

/** Says now and then how far it is. */
const createProgress = (count: number) => {
  const began = performance.now()
  let told = began
  let [played, failed] = [0, 0]
  const rate = (): string => (played / ((performance.now() - began) / 1000)).toFixed(1)
  return {
    rate,
    add: (seeds: number, failures: readonly { readonly seed: number }[]): void => {
      played += seeds
      failed += failures.length
      // Said at once: a long run may be stopped before it can tell.
      for (const { seed } of failures) console.error(`seed ${seed} failed`)
      if (performance.now() - told < TELL_EVERY_MS) return
      told = performance.now()
      console.error(`${played} of ${count} seeds, ${rate()} a second, ${failed} failed`)
    },
  }
}

const play = async (): Promise<number> => {
  const [count, jobs] = [Number(values.seeds), Number(values.jobs)]
  const from = values.from === undefined ? randomInt(1, 2 ** 31) : Number(values.from)
  if (!(count >= 1) || !(jobs >= 1) || !Number.isSafeInteger(from)) {
    console.error(
      'Say how many with --seeds N, where to begin with --from S, and in how many processes with --jobs J: all are whole numbers.',
    )
    return 1
  }
  const progress = createProgress(count)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())
  const { signal } = stopping
  const report = await runSeedsAtOnce(from, count, jobs, {
    signal,
    onPart: ({ seeds, failures }) => progress.add(seeds, failures),
  })
  const often = Object.entries(report.counts).sort(([a], [b]) => (a < b ? -1 : 1))
  const widest = Math.max(...often.map(([what]) => what.length))
  for (const [what, times] of often) console.log(`${what.padEnd(widest)}  ${String(times).padStart(8)}`)
  const stopped = signal.aborted ? `, stopped before ${count}` : ''
  console.log(
    `\n${report.seeds} seeds from ${from}, ${progress.rate()} a second${stopped}, ${report.failures.length} failed.`,
  )
  for (const { seed, problems } of report.failures)
    console.log(`Play it again: npm run simulate -- --seed ${seed}   ${problems[0]?.slice(0, 100)}`)
  return report.failures.length === 0 ? 0 : 1
}

process.exitCode = values.seed === undefined ? await play() : replay(values.seed)
