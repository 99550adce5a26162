import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { judgeRun, readPlaywrightReport, readVitestReport } from '../../scripts/checks/report.ts'

const vitestFile = (status: string, assertionResults: object[], message = '') => ({
  name: 'tests/a.test.ts',
  status,
  message,
  assertionResults,
})
const vitestReport = (...testResults: object[]) => JSON.stringify({ testResults })
const passed = { fullName: 'adds', status: 'passed', duration: 12 }

describe('a report of vitest', () => {
  test('gives tests, failures with reasons, and durations', () => {
    const failed = { fullName: 'subtracts', status: 'failed', duration: 3, failureMessages: ['1 is not 2'] }
    const skipped = { fullName: 'divides', status: 'skipped' }
    expect(readVitestReport(vitestReport(vitestFile('failed', [passed, failed, skipped])))).toEqual({
      passed: 1,
      skipped: 1,
      failures: [{ name: 'subtracts', reason: '1 is not 2' }],
      durations: [
        { name: 'adds', ms: 12 },
        { name: 'subtracts', ms: 3 },
        { name: 'divides', ms: 0 },
      ],
    })
  })

  test('counts a file that could not be loaded as a failure', () => {
    const run = readVitestReport(vitestReport(vitestFile('failed', [], 'Cannot find module')))
    expect(run.failures).toEqual([{ name: 'tests/a.test.ts', reason: 'Cannot find module' }])
  })
})

describe('a report of Playwright', () => {
  const spec = (title: string, status: string, results: object[]) => ({ title, tests: [{ status, results }] })

  test('gives the tests of nested suites', () => {
    const report = {
      suites: [
        {
          title: 'a.spec.ts',
          specs: [spec('opens', 'expected', [{ duration: 5 }])],
          suites: [
            {
              title: 'inner',
              specs: [
                spec('closes', 'unexpected', [{ duration: 7, errors: [{ message: 'it stayed open' }] }]),
                spec('flickers', 'flaky', [{ duration: 1, errors: [{ message: 'once' }] }, { duration: 2 }]),
                spec('waits', 'skipped', []),
              ],
            },
          ],
        },
      ],
      errors: [],
    }
    expect(readPlaywrightReport(JSON.stringify(report))).toEqual({
      passed: 1,
      skipped: 1,
      failures: [
        { name: 'closes', reason: 'it stayed open' },
        { name: 'flickers', reason: 'once' },
      ],
      durations: [
        { name: 'opens', ms: 5 },
        { name: 'closes', ms: 7 },
        { name: 'flickers', ms: 3 },
        { name: 'waits', ms: 0 },
      ],
    })
  })

  test('counts an error outside of any test as a failure', () => {
    const run = readPlaywrightReport(JSON.stringify({ suites: [], errors: [{ message: 'no such file' }] }))
    expect(run.failures).toEqual([{ name: 'The test runner', reason: 'no such file' }])
  })
})

describe('silence never passes for success', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'reports-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const judge = (code: number, report?: string) => {
    const path = join(folder, 'report.json')
    if (report !== undefined) writeFileSync(path, report)
    return judgeRun('Unit tests', code, path, readVitestReport)
  }

  test.each([
    ['no report', 0, undefined],
    ['half a report', 0, '{"testResults": ['],
    ['no tests', 0, vitestReport()],
    ['a bad end without a failed test', 1, vitestReport(vitestFile('passed', [passed]))],
  ])('%s is a failure', (_, code, report) => {
    expect(judge(code, report).failures).toHaveLength(1)
  })

  test('a good end with tests is none', () => {
    expect(judge(0, vitestReport(vitestFile('passed', [passed])))).toMatchObject({ passed: 1, failures: [] })
  })
})
