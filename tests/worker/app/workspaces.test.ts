import { expect, test } from 'vitest'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import { documentDatabases } from '../../../worker/storage/document-databases.ts'
import { newDisk, shownNames, shownTitles, startWorkerApp } from '../../support/worker-app.ts'
import { must } from '../notes/setup.ts'

test('a second workspace has its own notes; which one is shown outlives the worker', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  expect(await shownNames(app)).toEqual(['[Personal]'])
  must(await app.ask({ type: 'create-note', text: 'At home' }))
  const { workspace } = must(await app.ask({ type: 'create-workspace', name: ' The  boat ', colour: 'blue' }))
  expect(await shownNames(app)).toEqual(['Personal', '[The boat]'])
  expect(await shownTitles(app)).toEqual([])
  must(await app.ask({ type: 'create-note', text: 'On board' }))
  await app.stop()

  const again = await startWorkerApp(disk)
  expect(await shownNames(again)).toEqual(['Personal', '[The boat]'])
  expect(await shownTitles(again)).toEqual(['On board'])
  const [personal] = (await again.store.workspaces()).filter(({ id }) => id !== workspace)
  must(await again.ask({ type: 'switch-workspace', target: personal!.id }))
  expect(await shownTitles(again)).toEqual(['At home'])
  expect((await documentDatabases(disk))?.size).toBe(2)
  expect(again.asked).toEqual([])
  await again.stop()
})

test('every tab follows at once, and a new name is seen in all of them', async () => {
  const app = await startWorkerApp(newDisk())
  const tab = await app.openTab()
  const named = (name: string) =>
    tab.see({ view: 'workspaces' }, ({ rows }) => rows.some(row => row.current && row.name === name))
  must(await app.ask({ type: 'change-workspace', name: 'Mine', colour: 'rose' }))
  expect((await named('Mine')).rows[0]).toMatchObject({ colour: 'rose', kind: 'personal', role: 'owner' })
  must(await app.ask({ type: 'create-workspace', name: 'Ours', colour: 'grey' }))
  const { rows } = await named('Ours')
  expect(rows.map(({ name, colour, current, role }) => [name, colour, current, role])).toEqual([
    ['Mine', 'rose', false, null],
    ['Ours', 'grey', true, 'owner'],
  ])
  await app.stop()
})

test('a name is one line and not empty, a colour is one of those there are', async () => {
  const app = await startWorkerApp(newDisk())
  const code = { ok: false, error: { code: 'no-name' } }
  expect(await app.ask({ type: 'create-workspace', name: ' \n ', colour: 'blue' })).toMatchObject(code)
  expect(await app.ask({ type: 'change-workspace', name: '\u0007' })).toMatchObject(code)
  const odd = { type: 'create-workspace', name: 'x', colour: 'url(evil)' } as never
  expect(await app.ask(odd)).toMatchObject({ error: { code: 'bad-colour' } })
  expect(await shownNames(app)).toEqual(['[Personal]'])
  expect(await app.store.workspaces()).toHaveLength(1)
  must(await app.ask({ type: 'change-workspace', name: `two\nlines ${'x'.repeat(100)}` }))
  expect((await shownNames(app))[0]).toBe(`[two lines ${'x'.repeat(50)}]`)
  await app.stop()
})

test('what is open in a tab is stored where it was opened, also after another workspace is shown', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  const home = (await app.store.currentWorkspace())!
  const { note } = must(await app.ask({ type: 'create-note', text: 'Old' }))
  const tab = await app.openTab()
  must(await app.ask({ type: 'create-workspace', name: 'New', colour: 'blue' }))
  const seen = await tab.see({ view: 'note', note, workspace: home }, () => true)
  expect(seen).toMatchObject({ text: 'Old', workspace: home })
  await expect(tab.see({ view: 'note', note }, () => true)).rejects.toThrow('unknown-note')
  must(await app.ask({ type: 'switch-workspace', target: home }))
  expect(await shownTitles(app)).toEqual(['Old'])
  await app.stop()
})

test('a workspace that is not on this device is not shown, and the one before stays', async () => {
  const app = await startWorkerApp(newDisk())
  const target = 'sTqR5bZ1h7ZrX0bXf3n8mT3iYq0cYwzvJm4nT2a1kQA'
  const refused = { error: { code: 'no-workspace' } }
  expect(await app.ask({ type: 'switch-workspace', target })).toMatchObject(refused)
  expect(await app.ask({ type: 'create-note', text: 'x' }, target)).toMatchObject(refused)
  expect(await shownNames(app)).toEqual(['[Personal]'])
  await app.stop()
})

test('many changes at once come one after the other, and each workspace is open once', async () => {
  const app = await startWorkerApp(newDisk())
  const home = (await app.store.currentWorkspace())!
  const made = await Promise.all([
    app.ask({ type: 'create-workspace', name: 'A', colour: 'blue' }),
    app.ask({ type: 'switch-workspace', target: home }),
    app.ask({ type: 'create-workspace', name: 'B', colour: 'blue' }),
  ])
  expect(made.map(({ ok }) => ok)).toEqual([true, true, true])
  expect(await shownNames(app)).toHaveLength(3)
  must(await app.ask({ type: 'switch-workspace', target: home }))
  expect(await shownNames(app)).toContain('[Personal]')
  await app.stop()
})

test('the device of an earlier build goes on with its one workspace', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  must(await app.ask({ type: 'create-note', text: 'From before' }))
  const [stored] = await app.store.workspaces()
  await app.stop()
  const reopened = await startWorkerApp(disk)
  const { people: _, ...before } = stored!
  await reopened.store.setWorkspace(before)
  await reopened.stop()

  const again = await startWorkerApp(disk)
  expect(await shownNames(again)).toEqual(['[Personal]'])
  expect(await shownTitles(again)).toEqual(['From before'])
  const home = (await again.store.documents(before.id)).get(HOME_DOCUMENT)
  expect(home).toBeDefined()
  await again.stop()
})

test('a workspace that cannot be opened does not keep the others closed', async () => {
  const disk = newDisk()
  const app = await startWorkerApp(disk)
  must(await app.ask({ type: 'create-note', text: 'At home' }))
  const { workspace } = must(await app.ask({ type: 'create-workspace', name: 'Damaged', colour: 'blue' }))
  await app.store.changeWorkspace(workspace, { statements: ['nonsense'] })
  await app.stop()

  const again = await startWorkerApp(disk)
  expect(await shownNames(again)).toEqual(['Damaged', '[Personal]'])
  expect(await shownTitles(again)).toEqual(['At home'])
  expect(await again.ask({ type: 'switch-workspace', target: workspace })).toMatchObject({ ok: false })
  expect(await shownTitles(again)).toEqual(['At home'])
  await again.stop()
})

test('a note of another workspace is found, whichever is shown', async () => {
  const app = await startWorkerApp(newDisk())
  const home = (await app.store.currentWorkspace())!
  const { note } = must(await app.ask({ type: 'create-note', text: 'At home' }))
  const { workspace } = must(await app.ask({ type: 'create-workspace', name: 'Boat', colour: 'blue' }))
  const find = async (note: string) => must(await app.ask({ type: 'find-note', note })).workspace
  expect(await find(note)).toBe(home)
  expect(await find('BBBBBBBBBBBBBBBBBBBBBA')).toBeNull()
  must(await app.ask({ type: 'switch-workspace', target: home }))
  expect(await find(note), 'where it is already, nothing is to be opened').toBeNull()
  expect(await find('BBBBBBBBBBBBBBBBBBBBBA')).toBeNull()
  expect(workspace).not.toBe(home)
  await app.stop()
})

test('a workspace is made once, however often the command comes, in this life of the worker or the next', async () => {
  const disk = newDisk()
  let isCut = true
  const app = await startWorkerApp(disk, {
    store: store => ({
      ...store,
      setCurrentWorkspace: async id => {
        if (isCut && (await store.workspaces()).length > 1) throw new Error('and there the worker ended')
        await store.setCurrentWorkspace(id)
      },
    }),
  })
  const intent = { type: 'create-workspace', name: 'Boat', colour: 'blue' } as const
  expect((await app.ask(intent, undefined, 'same')).ok).toBe(false)
  await app.stop()
  isCut = false
  const again = await startWorkerApp(disk)
  const made = must(await again.ask(intent, undefined, 'same'))
  expect(await shownNames(again)).toEqual(['[Boat]', 'Personal'])
  await again.stop()
  const third = await startWorkerApp(disk)
  expect(must(await third.ask(intent, undefined, 'same'))).toEqual(made)
  expect(await third.store.workspaces()).toHaveLength(2)
  must(await third.ask(intent, undefined, 'another'))
  expect(await third.store.workspaces()).toHaveLength(3)
  await third.stop()
})
