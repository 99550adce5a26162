import { spawn } from 'node:child_process'
import { join } from 'node:path'

/** What came of some seeds. */
export interface Report {
  readonly seeds: number
  readonly milliseconds: number
  readonly failures: readonly { readonly seed: number; readonly problems: readonly string[] }[]
  /** One for each seed: the same for the same seed, always. */
  readonly traces: readonly string[]
  readonly counts: Readonly<Record<string, number>>
}

const MAIN = join(import.meta.dirname, 'main.ts')

/** Plays seeds in a process of their own. Rejects where that process fails itself. */
export const runSeeds = (seeds: {
  readonly from: number
  readonly count: number
  readonly step?: number
  /** A rule that is broken. */
  readonly variant?: string
}): Promise<Report> =>
  new Promise((resolve, reject) => {
    const args = Object.entries(seeds).flatMap(([name, value]) => [`--${name}`, String(value)])
    // What a broken variant comes to is no news.
    const errors = seeds.variant === undefined ? 'inherit' : 'ignore'
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', errors] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      output += text
    })
    child.on('error', reject)
    child.on('close', code => {
      const last = output.trimEnd().split('\n').at(-1) ?? ''
      if (code === 0) resolve(JSON.parse(last) as Report)
      else reject(new Error(`The simulation ended with ${code}.`))
    })
  })

/** Plays seeds in several processes at once. */
export const runSeedsAtOnce = async (from: number, count: number, processes: number): Promise<Report> => {
  const parts = Array.from({ length: Math.min(processes, count) }, (_, index) => ({
    from: from + index,
    count: Math.ceil((count - index) / processes),
    step: processes,
  }))
  const reports = await Promise.all(parts.map(runSeeds))
  const counts: Record<string, number> = {}
  for (const report of reports)
    for (const [what, times] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + times
  return {
    seeds: count,
    milliseconds: Math.max(...reports.map(report => report.milliseconds)),
    failures: reports.flatMap(report => report.failures),
    traces: reports.flatMap(report => report.traces),
    counts,
  }
}
