import { expect, test } from 'vitest'
import type { WorkspaceRow } from '../../../protocol/views.ts'
import { endingWords, leavingWords, whatItIs } from '../../../src/workspaces/workspace-words.ts'

const ROW: WorkspaceRow = {
  id: 'w',
  name: 'The boat',
  colour: 'blue',
  kind: 'shared',
  current: true,
  sync: true,
  onlyHere: false,
  role: 'owner',
  devices: 3,
}
const said = (words: readonly (readonly [string, string])[]) => new Map(words)
const leaving = (row: Partial<WorkspaceRow>, keepCopy = true, waiting = 0) =>
  said(leavingWords({ row: { ...ROW, ...row }, keepCopy, copyIn: 'Personal', sync: { waiting } }))

test('whoever leaves is told what stays where', () => {
  expect([...leaving({}).keys()]).toEqual([
    'On this device',
    'On other devices',
    'At the relay',
    'Coming back',
  ])
  expect(leaving({}).get('On this device')).toContain('stays in “Personal”, in the folder “The boat”')
  expect(leaving({}, false).get('On this device')).toMatch(/^Everything goes/)
  expect(leaving({}).get('On other devices')).toMatch(/^Everything stays/)
})

test('what nobody else has, or no relay has yet, is said before it is gone', () => {
  expect(leaving({ devices: 1 }).get('On other devices')).toContain('nobody can read it any more')
  expect(leaving({}, false, 2).get('Not sent yet')).toMatch(/^2 notes have changes/)
  expect([...leaving({ onlyHere: true, sync: false }).keys()]).toEqual(['On this device', 'Anywhere else'])
})

test('whoever deletes for everyone is told what that does to others', () => {
  expect(said(endingWords(ROW)).get('On other devices')).toMatch(/^2 other devices are in it. They are told/)
  expect(said(endingWords({ ...ROW, devices: 1 })).get('On other devices')).toBe(
    'No other device is in this workspace.',
  )
})

test('one line says what a workspace is', () => {
  expect(whatItIs(ROW)).toBe('Shared · synced')
  expect(whatItIs({ ...ROW, kind: 'personal', sync: false })).toBe('Only you · on this device')
})
