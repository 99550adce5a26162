import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './read-imports.ts'
import { ROOMS } from './room-rules.ts'

const readJson = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, path), 'utf8'))

const trackedFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(path => path !== '' && existsSync(join(root, path)) && statSync(join(root, path)).isFile())

// In two parts, so that this file is not one of those it looks for.
const REGISTRIES = new RegExp(
  ['registry\\.', '(npmjs|yarnpkg|npmmirror)\\.|/(npm|pypi)-(proxy|mirror)/'].join(''),
)

test('no tracked file names a package registry: a fresh clone installs from wherever its owner says', () => {
  const files = trackedFiles()
  expect(files.length).toBeGreaterThan(0)
  const naming = files.filter(path => REGISTRIES.test(readFileSync(join(root, path), 'latin1')))
  expect(naming).toEqual([])
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved": "http')
})

test('every room has a program of its own, checked with the others and as strictly', () => {
  const { references } = readJson('tsconfig.json') as { references: readonly { path: string }[] }
  expect(references.map(reference => reference.path)).toEqual(
    expect.arrayContaining([...ROOMS, 'tests'].map(room => `./${room}`)),
  )
  for (const room of [...ROOMS, 'tests'])
    expect(readJson(`${room}/tsconfig.json`).extends).toBe('../tsconfig.base.json')
  expect(readJson('tsconfig.base.json').compilerOptions).toMatchObject({
    strict: true,
    types: [],
    erasableSyntaxOnly: true,
  })
})

test('only the page sees the DOM, and only the server Node', () => {
  const options = (room: string) =>
    readJson(`${room}/tsconfig.json`).compilerOptions as { lib: string[]; types?: string[] }
  for (const room of ROOMS) {
    expect(options(room).lib.includes('dom'), room).toBe(room === 'src')
    expect((options(room).types ?? []).includes('node'), room).toBe(room === 'server')
  }
})

test('the checks reach every folder of code', () => {
  const { files, linter } = readJson('biome.json') as {
    files: { includes: readonly string[] }
    linter: { rules: unknown }
  }
  expect(files.includes[0]).toBe('**')
  const excluded = files.includes.filter(pattern => pattern.startsWith('!'))
  expect(
    excluded.filter(pattern => [...ROOMS, 'tests', 'scripts'].some(room => pattern.includes(room))),
  ).toEqual([])
  expect(linter.rules).toMatchObject({ suspicious: { noExplicitAny: 'error' } })
})
