import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Results } from '../../bench/support/figures.ts'
import { PARTS, SUMMARIES } from '../../scripts/bench-parts.ts'
import { whatIsWrong } from './well-formed.ts'

/**
 * Each part of the bench runs on a small size, measures every contender, and draws what it measured. How quick anything
 * is does not matter here.
 */
const out = mkdtempSync(join(tmpdir(), 'holdfast-bench-out-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))

/**
 * Contenders that fail now and then for reasons of their own: cojson's WebAssembly, where a device closes while it syncs,
 * and Automerge Repo, where devices do not come to rest after a reconnect.
 */
const MAY_FAIL: Readonly<Record<string, RegExp>> = {
  Jazz: /recursive use of an object|memory access out of bounds|unreachable|Not done within/,
  'Automerge Repo': /went on sending/,
}

/** Before the test is over, so that what a part said is told. */
const ENDS_WITHIN_MS = 200_000

interface Ran {
  readonly status: number | null
  readonly said: string
}

const run = (part: string): Promise<Ran> =>
  new Promise(resolve => {
    const file = join(import.meta.dirname, '..', '..', 'bench', `${part}.ts`)
    const child = spawn(process.execPath, [file, '--small', '--out', out], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ENDS_WITHIN_MS,
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        said += text
      })
    child.on('close', status => resolve({ status, said }))
  })

const resultsOf = (part: string): Results =>
  JSON.parse(readFileSync(join(out, `${part}.json`), 'utf8')) as Results

const picturesOf = (part: string): readonly string[] =>
  readdirSync(out).filter(name => name.startsWith(`${part}-`) && name.endsWith('.svg'))

const expectPictures = (part: string): void => {
  const pictures = picturesOf(part)
  expect(pictures).not.toEqual([])
  for (const picture of pictures)
    expect(whatIsWrong(readFileSync(join(out, picture), 'utf8')), picture).toBe(null)
}

describe('a part of the bench measures every contender and draws what it measured', () => {
  // The last ones by name take longest; begun first, they leave no processor without work in the end.
  test.concurrent.each(PARTS.toReversed())('%s', async part => {
    const { status, said } = await run(part)
    expect(status, said).toBe(0)
    const { figures, ...about } = resultsOf(part)
    expect(about).toMatchObject({ part, small: true, rounds: 1 })
    expect(figures).not.toEqual([])
    for (const { measure, measured } of figures) {
      expect(measured.map(({ contender }) => contender)).toContain('Holdfast')
      for (const { contender, samples, failed } of measured) {
        if (MAY_FAIL[contender]?.test(failed ?? '')) continue
        expect(failed, `${measure}: ${contender}`).toBeUndefined()
        expect(samples.length, `${measure}: ${contender}`).toBeGreaterThan(0)
        expect(samples.every(Number.isFinite), `${measure}: ${contender}`).toBe(true)
      }
    }
    expectPictures(part)
  })
})

describe('what was measured is summed up', () => {
  test.each(SUMMARIES)('%s', async summary => {
    const { status, said } = await run(summary)
    expect(status, said).toBe(0)
    expect(said).toMatch(/Holdfast|reached/)
  })
})
