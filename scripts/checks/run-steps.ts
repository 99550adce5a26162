import { type Running, stopOnSignals } from './processes.ts'
import type { Failure, TestRun } from './report.ts'
import type { Step } from './steps.ts'

const SLOWEST = 10

/** Runs every step, also after one failed, and sums up. Returns the exit code. */
export const runSteps = async (steps: readonly Step[]): Promise<number> => {
  let current: Running | undefined
  let interrupted = false
  stopOnSignals(() => {
    interrupted = true
    current?.stop()
  })
  const runs: TestRun[] = []
  for (const step of steps) {
    if (interrupted) break
    console.log(`\n── ${step.title} ──`)
    const began = performance.now()
    const run = await runStep(step, running => {
      current = running
    })
    runs.push(run)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    console.log(`${step.title}: ${run.passed} passed, ${run.failures.length} failed, ${seconds} s`)
  }
  if (interrupted) runs.push(failedRun('The checks', 'They were interrupted.'))
  summarize(runs)
  return runs.some(run => run.failures.length > 0) ? 1 : 0
}

/** A step that throws must not take the summary with it. */
const runStep = async (step: Step, started: (running: Running) => void): Promise<TestRun> => {
  try {
    return await step.run(started)
  } catch (error) {
    return failedRun(step.title, String(error))
  }
}

const failedRun = (name: string, reason: string): TestRun => ({
  passed: 0,
  skipped: 0,
  failures: [{ name, reason }],
  durations: [],
})

const summarize = (runs: readonly TestRun[]): void => {
  const slowest = runs.flatMap(run => run.durations).sort((a, b) => b.ms - a.ms)
  if (slowest.length > 0) {
    console.log('\nSlowest tests:')
    for (const { name, ms } of slowest.slice(0, SLOWEST))
      console.log(`  ${(ms / 1000).toFixed(1).padStart(6)} s  ${name}`)
  }
  const failures = runs.flatMap(run => run.failures)
  if (failures.length > 0) console.log('\nFailed:')
  for (const failure of failures) console.log(inWords(failure))
  const count = (of: (run: TestRun) => number) => runs.reduce((sum, run) => sum + of(run), 0)
  const skipped = count(run => run.skipped)
  if (skipped > 0) console.log(`\n${skipped} skipped`)
  console.log(`\n${count(run => run.passed)} passed, ${failures.length} failed`)
}

const REASON_LINES = 12

const inWords = ({ name, reason }: Failure): string => {
  const lines = reason.split('\n').filter(line => line.trim() !== '')
  return [`  ${name}`, ...lines.slice(0, REASON_LINES).map(line => `      ${line}`)].join('\n')
}
