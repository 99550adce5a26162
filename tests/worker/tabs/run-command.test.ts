import { expect, test, vi } from 'vitest'
import type { Command, Intent } from '../../../protocol/commands.ts'
import { fail, ok } from '../../../protocol/result.ts'
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

const HERE = 'sTqR5bZ1h7ZrX0bXf3n8mT3iYq0cYwzvJm4nT2a1kQA'
const THERE = 'uTqR5bZ1h7ZrX0bXf3n8mT3iYq0cYwzvJm4nT2a1kQA'

const UNUSED = {
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
  people: {} as PeopleCommands,
}

const setup = async () => {
  const device = await createDevice()
  const asked: unknown[] = []
  const sync: SyncCommands = {
    turnOn: async (...details) => {
      asked.push(details)
      return fail('relay-unreachable', 'No.')
    },
    turnOff: async () => ok(null),
    addRelay: async () => ok(null),
    removeRelay: async () => ok(null),
    retry: async () => ok(null),
    wake: async () => ok(null),
  }
  const { notes, random } = device
  const run = createRunCommand({
    notes: () => notes,
    transfer: createTransfer(),
    sync,
    clock: systemClock,
    random,
    ...UNUSED,
  })
  let count = 0
  return { ...device, asked, run, ask: <I extends Intent>(intent: I) => run({ id: `c${++count}`, intent }) }
}

test('every intent does what it says', async () => {
  const { ask, titles, asked } = await setup()
  const { note } = must(await ask({ type: 'create-note', text: 'One' }))
  expect(must(await ask({ type: 'trash-note', note }))).toBeNull()
  expect(must(await ask({ type: 'restore-note', note }))).toBeNull()
  expect(must(await ask({ type: 'import-notes', sources: [file('a.md', 'A')] })).added).toBe(1)
  expect(must(await ask({ type: 'export-notes' })).notes).toBe(2)
  expect(must(await ask({ type: 'delete-note', note }))).toBeNull()
  expect(must(await ask({ type: 'empty-trash' }))).toEqual({ deleted: 0 })
  expect(must(await ask({ type: 'restore-recovered', note }))).toBeNull()
  expect(must(await ask({ type: 'delete-recovered', note }))).toBeNull()
  expect(must(await ask({ type: 'dismiss-loss' }))).toBeNull()
  expect(must(await ask({ type: 'cancel-transfer' }))).toBeNull()
  expect(must(await ask({ type: 'flush' }))).toBeNull()
  expect(must(await ask({ type: 'turn-off-sync' }))).toBeNull()
  expect(must(await ask({ type: 'retry-sync' }))).toBeNull()
  expect(await ask({ type: 'turn-on-sync', relay: 'r' })).toMatchObject({
    error: { code: 'relay-unreachable' },
  })
  expect(asked).toEqual([['r', undefined]])
  expect(titles()).toEqual(['A'])
})

test('a command that is sent again is answered again and not done twice, even while it is under way', async () => {
  const { run, titles } = await setup()
  const command: Command<{ type: 'create-note'; text: string }> = {
    id: 'same',
    intent: { type: 'create-note', text: 'x' },
  }
  const answers = await Promise.all([run(command), run(command)])
  answers.push(await run(command))
  expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
  expect(titles()).toEqual(['x'])
})

test('a note is made once, whichever life of the worker is asked for it', async () => {
  const { notes, run, titles, random } = await setup()
  const command: Command<{ type: 'create-note'; text: string }> = {
    id: 'AAAAAAAAAAAAAAAAAAAAAg',
    intent: { type: 'create-note', text: 'Only one' },
  }
  expect(must(await run(command))).toEqual({ note: command.id })
  const nextLife = createRunCommand({
    notes: () => notes,
    transfer: createTransfer(),
    sync: {} as SyncCommands,
    clock: systemClock,
    random,
    ...UNUSED,
  })
  expect(must(await nextLife(command))).toEqual({ note: command.id })
  expect(titles()).toEqual(['Only one'])
})

test('what is done in one workspace is not done in another one that was shown meanwhile, but typing goes on', async () => {
  const here = await createDevice(2)
  const there = await createDevice(3)
  const { note } = must(await there.notes.create({ text: 'There' }))
  must(await there.notes.trash(note))
  const opened: string[] = []
  const run = createRunCommand({
    notes: () => here.notes,
    transfer: createTransfer(),
    sync: {} as SyncCommands,
    clock: systemClock,
    random: here.random,
    ...UNUSED,
    inWorkspace: (workspace, act) => {
      opened.push(workspace)
      return act(there.notes)
    },
  })
  const inThere = (id: string, intent: Intent) => run({ id, intent, workspace: THERE })
  const refused: readonly Intent[] = [
    { type: 'empty-trash' },
    { type: 'delete-note', note },
    { type: 'turn-on-sync', relay: 'r' },
    { type: 'change-workspace', name: 'x' },
  ]
  for (const intent of refused)
    expect(await inThere(intent.type, intent)).toMatchObject({ error: { code: 'other-workspace' } })
  expect(there.titles('trash')).toEqual(['There'])

  must(await run({ id: 'h', intent: { type: 'create-note', text: 'Here' }, workspace: HERE }))
  expect(opened).toEqual([])
  must(await inThere('c', { type: 'create-note', text: 'There, too' }))
  expect(opened).toEqual([THERE])
  expect([here.titles(), there.titles()]).toEqual([['Here'], ['There, too']])
})

test('nothing is thrown: faults and nonsense are answers', async () => {
  const { ask, run } = await setup()
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect(await ask({ type: 'rotate-keys' })).toMatchObject({ error: { code: 'internal' } })
  expect(said).toHaveBeenCalledTimes(1)
  said.mockRestore()
  const odd = [
    { id: 'a', intent: { type: 'flush' }, workspace: 'nowhere' },
    null,
    7,
    {},
    { id: 'x' },
    { id: 'y', intent: { type: 'fly' } },
    { id: 'z', intent: { type: 'trash-note', note: 'no id' } },
  ]
  for (const command of odd)
    expect(await run(command as never)).toMatchObject({ error: { code: 'unknown-command' } })
})
