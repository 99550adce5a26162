import { describe, expect, test } from 'vitest'
import { readReferences, readRoom } from './read-imports.ts'
import { problemsIn, ROOMS, type Room } from './room-rules.ts'

const check = (room: Room, source: string): string[] => {
  const path = `${room}/folder/file.ts`
  return problemsIn(room, [{ path, references: readReferences(path, source) }])
}

describe('every room', () => {
  test.each(ROOMS)('%s keeps the rules, and was read', room => {
    const files = readRoom(room)
    expect(files.length).toBeGreaterThan(0)
    expect(files.flatMap(file => file.references).length).toBeGreaterThan(0)
    expect(problemsIn(room, files)).toEqual([])
  })
})

describe('the rules notice', () => {
  test.each([
    ['a value from another room', 'src', `import { x } from '../../worker/x.ts'`],
    ['a type from another room', 'src', `import type { X } from '../../worker/x.ts'`],
    ['a type named in passing', 'sw', `let x: import('../../worker/x.ts').X`],
    ['something passed on', 'server', `export * from '../../src/x.ts'`],
    ['a late import', 'worker', `await import('../../sw/x.ts')`],
    ['an import for its effect', 'protocol', `import '../../server/x.ts'`],
    ['another room by address', 'sw', `new URL('../../worker/main.ts', import.meta.url)`],
    ['tests in the app', 'src', `import { x } from '../../tests/x.ts'`],
    ['Yjs in the page', 'src', `import * as Y from 'yjs'`],
    ['a type of Yjs in the server', 'server', `import type { Doc } from 'yjs'`],
    ['a part of lib0 in the service worker', 'sw', `import { x } from 'lib0/encoding'`],
    ['y-protocols in the page', 'src', `import { x } from 'y-protocols/sync'`],
    ['a further package in the protocol', 'protocol', `import { x } from 'ws'`],
    ['Node in the worker', 'worker', `import { x } from 'node:fs'`],
  ] as const)('%s', (_, room, source) => {
    expect(check(room, source)).toHaveLength(1)
  })

  test('an import whose file cannot be told', () => {
    expect(() => check('worker', 'await import(name)')).toThrow('plain text')
  })
})

describe('the rules allow', () => {
  test.each([
    ['the protocol', 'src', `import { x } from '../../protocol/x.ts'`],
    ['the own room', 'sw', `import { x } from '../other/x.ts'`],
    ['the worker by its address', 'src', `new URL('../../worker/main.ts', import.meta.url)`],
    ['Yjs in the worker', 'worker', `import * as Y from 'yjs'`],
    ['Node in the server', 'server', `import { x } from 'node:fs'; new URL('../../dist', import.meta.url)`],
    ['jose and cborg in the protocol', 'protocol', `import { x } from 'jose'; import { y } from 'cborg'`],
  ] as const)('%s', (_, room, source) => {
    expect(check(room, source)).toEqual([])
  })
})
