import { readFileSync } from 'node:fs'

export interface TestRun {
  readonly passed: number
  readonly skipped: number
  readonly failures: readonly Failure[]
  readonly durations: readonly { readonly name: string; readonly ms: number }[]
}

export interface Failure {
  readonly name: string
  readonly reason: string
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly duration?: number | null
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Reads what vitest's JSON reporter wrote. A file that could not be loaded counts as one failure. */
export const readVitestReport = (text: string): TestRun => {
  const files = (JSON.parse(text) as VitestReport).testResults
  const tests = files.flatMap(file => file.assertionResults)
  const failedTests = tests.filter(test => test.status === 'failed')
  const brokenFiles = files.filter(
    file => file.status === 'failed' && !file.assertionResults.some(test => test.status === 'failed'),
  )
  return {
    passed: tests.filter(test => test.status === 'passed').length,
    skipped: tests.filter(test => !['passed', 'failed'].includes(test.status)).length,
    failures: [
      ...failedTests.map(test => ({ name: test.fullName, reason: test.failureMessages?.join('\n') ?? '' })),
      ...brokenFiles.map(file => ({ name: file.name, reason: file.message ?? '' })),
    ],
    durations: tests.map(test => ({ name: test.fullName, ms: test.duration ?? 0 })),
  }
}

interface PlaywrightSuite {
  readonly title: string
  readonly specs?: readonly {
    readonly title: string
    readonly tests: readonly {
      /** `expected`, `unexpected`, `flaky` or `skipped`. */
      readonly status: string
      readonly results: readonly {
        readonly duration: number
        readonly errors?: readonly { readonly message?: string }[]
      }[]
    }[]
  }[]
  readonly suites?: readonly PlaywrightSuite[]
}

interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[]
  readonly errors: readonly { readonly message?: string }[]
}

/** Reads what Playwright's JSON reporter wrote. What passed only at a second try counts as a failure. */
export const readPlaywrightReport = (text: string): TestRun => {
  const report = JSON.parse(text) as PlaywrightReport
  const specs = (suite: PlaywrightSuite): NonNullable<PlaywrightSuite['specs']> => [
    ...(suite.specs ?? []),
    ...(suite.suites ?? []).flatMap(specs),
  ]
  const tests = report.suites
    .flatMap(specs)
    .flatMap(spec => spec.tests.map(test => ({ ...test, name: spec.title })))
  const errorsOf = (test: (typeof tests)[number]) =>
    test.results.flatMap(result => (result.errors ?? []).map(error => error.message ?? '')).join('\n')
  return {
    passed: tests.filter(test => test.status === 'expected').length,
    skipped: tests.filter(test => test.status === 'skipped').length,
    failures: [
      ...tests
        .filter(test => !['expected', 'skipped'].includes(test.status))
        .map(test => ({ name: test.name, reason: errorsOf(test) })),
      ...report.errors.map(error => ({ name: 'The test runner', reason: error.message ?? '' })),
    ],
    durations: tests.map(test => ({
      name: test.name,
      ms: test.results.reduce((sum, result) => sum + result.duration, 0),
    })),
  }
}

/**
 * The outcome of a runner: what its report says, unless there is none, it ran nothing, or it ended badly without
 * naming a failure. Each of those is a failure of its own, so that silence never passes for success.
 */
export const judgeRun = (
  runner: string,
  code: number,
  reportPath: string,
  read: (text: string) => TestRun,
): TestRun => {
  const broken = (reason: string, run?: TestRun): TestRun => ({
    passed: run?.passed ?? 0,
    skipped: run?.skipped ?? 0,
    failures: [{ name: runner, reason }],
    durations: run?.durations ?? [],
  })
  let run: TestRun
  try {
    run = read(readFileSync(reportPath, 'utf8'))
  } catch (error) {
    return broken(`It left no report that can be read (exit code ${code}): ${(error as Error).message}`)
  }
  if (run.passed + run.failures.length === 0) return broken('It ran no test.', run)
  if (code !== 0 && run.failures.length === 0) return broken(`It ended with exit code ${code}.`, run)
  return run
}
