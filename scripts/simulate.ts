import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runSeedsAtOnce } from '../tests/simulation/run-seeds.ts'

/**
 * `--seeds N` plays N seeds that nobody has played before, or those from `--from S` on. `--seed S` plays one again and
 * tells everything that happens in it.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string' },
    seed: { type: 'string' },
  },
})

const replay = (seed: string): number => {
  const main = join(import.meta.dirname, '..', 'tests', 'simulation', 'main.ts')
  return spawnSync(process.execPath, [main, '--from', seed, '--trace'], { stdio: 'inherit' }).status ?? 1
}

const play = async (): Promise<number> => {
  const count = Number(values.seeds)
  const from = values.from === undefined ? randomInt(1, 2 ** 31) : Number(values.from)
  if (!(count >= 1) || !Number.isSafeInteger(from)) {
    console.error('Say how many with --seeds N, and where to begin with --from S: both are whole numbers.')
    return 1
  }
  const report = await runSeedsAtOnce(from, count, availableParallelism())
  const often = Object.entries(report.counts).sort(([a], [b]) => (a < b ? -1 : 1))
  const widest = Math.max(...often.map(([what]) => what.length))
  for (const [what, times] of often) console.log(`${what.padEnd(widest)}  ${String(times).padStart(8)}`)
  const rate = report.seeds / (report.milliseconds / 1000)
  console.log(
    `\n${report.seeds} seeds from ${from}, ${rate.toFixed(1)} a second, ${report.failures.length} failed.`,
  )
  for (const { seed } of report.failures) console.log(`Play it again: npm run simulate -- --seed ${seed}`)
  return report.failures.length === 0 ? 0 : 1
}

process.exitCode = values.seed === undefined ? await play() : replay(values.seed)
