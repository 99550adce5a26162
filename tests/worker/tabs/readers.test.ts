import { expect, test } from 'vitest'
import type { Intent } from '../../../protocol/commands.ts'
import { ok } from '../../../protocol/result.ts'
import { bring } from '../../../worker/notes/bring.ts'
import { createTransfer } from '../../../worker/notes/transfer.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import {
  createRunCommand,
  type SyncCommands,
  type WorkspaceCommands,
} from '../../../worker/tabs/run-command.ts'
import type { PeopleCommands } from '../../../worker/tabs/run-people.ts'
import { createDevice, must } from '../notes/setup.ts'
import { file } from '../notes/transfer-setup.ts'
import { createHub } from './setup.ts'

const HERE = 'sTqR5bZ1h7ZrX0bXf3n8mT3iYq0cYwzvJm4nT2a1kQA'

const setup = async () => {
  const device = await createDevice()
  const run = createRunCommand({
    notes: () => device.notes,
    transfer: createTransfer(),
    clock: systemClock,
    random: device.random,
    sync: {} as SyncCommands,
    people: {} as PeopleCommands,
    workspaces: {} as WorkspaceCommands,
    current: () => HERE,
    inWorkspace: () => Promise.reject(new Error('unexpected')),
    freeSpace: async () => null,
    recovered: () => ({ restore: async () => ok(null), remove: async () => ok(null) }),
    dismissLoss: async () => undefined,
    vault: () => {
      throw new Error('unexpected')
    },
    lock: async () => ok(null),
  })
  let count = 0
  return { ...device, ask: <I extends Intent>(intent: I) => run({ id: `c${++count}`, intent }) }
}

test('whatever a reader asks for that would write is refused in words, and nothing is written', async () => {
  const { ask, setRole, notes, home, homeDocument, type } = await setup()
  const { note } = must(await ask({ type: 'create-note', text: 'Kelp' }))
  const { note: old } = must(await ask({ type: 'create-note', text: 'Old' }))
  must(await ask({ type: 'trash-note', note: old }))
  await notes.flush()
  const before = homeDocument.doc.store.clients.size
  const written = JSON.stringify(homeDocument.doc.toJSON())
  setRole('reader')
  const asked: readonly Intent[] = [
    { type: 'create-note', text: 'New' },
    { type: 'trash-note', note },
    { type: 'restore-note', note: old },
    { type: 'delete-note', note },
    { type: 'empty-trash' },
    { type: 'import-notes', sources: [file('a.md', 'A')] },
  ]
  for (const intent of asked) {
    const answer = await ask(intent)
    expect(answer, intent.type).toMatchObject({ error: { code: 'access-denied' } })
    expect(answer, intent.type).toMatchObject({
      error: { message: expect.stringContaining('You can read this') },
    })
  }
  const { text, release } = must(await notes.open(note))
  expect(notes.edit(note, text.version(), [{ clientID: 't', changes: [4, [0, '!']] }])).toMatchObject({
    error: { code: 'access-denied', message: expect.stringContaining('You can read this') },
  })
  expect(text.text()).toBe('Kelp')
  release()
  expect(JSON.stringify(homeDocument.doc.toJSON())).toBe(written)
  expect(homeDocument.doc.store.clients.size).toBe(before)
  expect([home.rows('notes').length, home.rows('trash').length]).toEqual([1, 1])
  expect(must(await ask({ type: 'export-notes' })).notes, 'all of it is theirs to take along').toBe(2)

  setRole('editor')
  await type(note, ' and rocks')
  expect(must(await ask({ type: 'trash-note', note }))).toBeNull()
})

test('whoever is out is told so, and brings nothing there either', async () => {
  const { ask, setRole, documents, home } = await setup()
  const other = await createDevice(2)
  must(await other.notes.create({ text: 'Mine' }))
  setRole(null)
  expect(await ask({ type: 'create-note', text: 'x' })).toMatchObject({
    error: {
      code: 'access-denied',
      message: expect.stringContaining('does not belong to the workspace any more'),
    },
  })
  const brought = await bring({ documents: other.documents, home: other.home }, { documents, home })
  expect(brought).toMatchObject({ error: { code: 'access-denied' } })
})

test('a title that does not fit its text is left as it is by a reader', async () => {
  const { notes, setRole, clock, type, writtenTitle } = await setup()
  const { note } = must(await notes.create({ text: 'Before' }))
  await notes.flush()
  await type(note, ', and after')
  setRole('reader')
  await clock.pass(60_000)
  await notes.flush()
  expect(writtenTitle(note)).toBe('Before')
})

test('an open note says at once that it may not be changed any more, and that it may again', async () => {
  const device = await createHub()
  const { note } = must(await device.notes.create({ text: 'Kelp' }))
  const tab = device.openTab()
  tab.watch(1, { view: 'note', note })
  expect(await tab.news()).toMatchObject([{ value: { readOnly: false } }])
  device.setRole('reader')
  expect(await tab.newsAtOnce()).toMatchObject([{ changes: { readOnly: true } }])
  tab.received(1)
  device.setRole('editor')
  expect(await tab.newsAtOnce()).toMatchObject([{ changes: { readOnly: false } }])
})
