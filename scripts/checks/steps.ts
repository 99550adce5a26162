import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildIfStale } from '../build.mjs'
import { projectRoot } from '../project.mjs'
import type { Chromium } from './chromium.ts'
import { type Running, start } from './processes.ts'
import { judgeRun, readPlaywrightReport, readVitestReport, type TestRun } from './report.ts'
import { tool } from './tools.ts'

/** One part of the checks. `run` prints as it goes. */
export interface Step {
  readonly title: string
  run(started: (running: Running) => void): Promise<TestRun>
}

const MINUTE_MS = 60_000
/** Biome colours its report when it sees CI, whatever NO_COLOR says. */
const PLAIN = process.stdout.isTTY ? [] : ['--colors=off']

/** A check that is either fine or not counts as one test. */
const check = (title: string, limitMs: number, ...args: string[]): Step => ({
  title,
  run: async started => {
    const running = start(args, { limitMs })
    started(running)
    return asOne(title, (await running.ended) === 0, 'See above.')
  },
})

const asOne = (title: string, fine: boolean, reason: string): TestRun => ({
  passed: fine ? 1 : 0,
  skipped: 0,
  failures: fine ? [] : [{ name: title, reason }],
  durations: [],
})

const reportPath = (name: string): string => {
  const folder = join(projectRoot, 'test-results', 'reports')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name}.json`)
  rmSync(path, { force: true }) // an old report must not speak for a runner that crashed
  return path
}

/** With `chromium` where the tests need a browser. */
const vitest = (
  title: string,
  limitMs: number,
  projects: readonly string[],
  chromium: Chromium | null = null,
  reporter: 'default' | 'verbose' = 'default',
): Step => ({
  title,
  run: async started => {
    if (chromium?.ok === false) return asOne(title, false, chromium.reason)
    const report = reportPath(projects.join('-'))
    const running = start(
      [
        tool('vitest'),
        'run',
        ...projects.map(project => `--project=${project}`),
        `--reporter=${reporter}`,
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { limitMs, env: chromium === null ? {} : { CHROMIUM_PATH: chromium.path } },
    )
    started(running)
    return judgeRun(title, await running.ended, report, readVitestReport)
  },
})

export const quickSteps: readonly Step[] = [
  check('Format and lint', 2 * MINUTE_MS, tool('@biomejs/biome', 'biome'), 'ci', ...PLAIN),
  check('Types', 2 * MINUTE_MS, tool('typescript', 'tsc'), '-b'),
  check('Unused code', 2 * MINUTE_MS, tool('knip')),
  vitest('Import rules', 2 * MINUTE_MS, ['structure']),
  vitest('Unit and contract tests', 5 * MINUTE_MS, ['unit']),
]

export const simulationStep: Step = vitest('Simulation', 5 * MINUTE_MS, ['simulation'])

export const buildStep: Step = {
  title: 'Build',
  run: async () => {
    const built = await buildIfStale(projectRoot, process.execPath)
    return asOne('Build', built.ok, built.ok ? '' : built.reason)
  },
}

/** Each part of the bench on a small size, told of as it ends. It installs what Holdfast is measured beside. */
export const benchStep = (chromium: Chromium): Step =>
  vitest('Bench', 5 * MINUTE_MS, ['bench'], chromium, 'verbose')

/** `chromium` says which browser to drive, or why there is none. */
export const browserStep = (chromium: Chromium): Step => ({
  title: 'Browser tests',
  run: async started => {
    if (!chromium.ok) return asOne('Browser tests', false, chromium.reason)
    const report = reportPath('browser')
    const running = start([tool('@playwright/test', 'playwright'), 'test'], {
      env: { CHROMIUM_PATH: chromium.path, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
      limitMs: 12 * MINUTE_MS,
    })
    started(running)
    return judgeRun('Browser tests', await running.ended, report, readPlaywrightReport)
  },
})
