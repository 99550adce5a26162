import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { VAULT_DOCUMENT } from '../../../protocol/ids.ts'
import { MAX_VAULT_TEXT } from '../../../protocol/vault.ts'
import { settled } from '../../support/manual-clock.ts'
import { codeOf, createSharedKeys, createVaultDisk, must, startVault, type VaultDisk } from './setup.ts'

const SECRET = 'correct horse battery staple'

const holds = (disk: VaultDisk, text: string): boolean =>
  [...disk.documents.values()].some(bytes => Buffer.from(bytes).includes(text))

/** What one device has, the other gets. */
const exchange = (from: VaultDisk, into: VaultDisk): void => {
  const doc = new Y.Doc()
  for (const disk of [into, from]) {
    const state = disk.documents.get(VAULT_DOCUMENT)
    if (state) Y.applyUpdate(doc, state)
  }
  into.documents.set(VAULT_DOCUMENT, Y.encodeStateAsUpdate(doc))
}

const synced = { sync: true }

const twoDevices = async () => {
  const shared = createSharedKeys()
  const [here, there] = [createVaultDisk('here'), createVaultDisk('there')]
  const a = await startVault(here, shared, { ...synced, seed: 1 })
  const b = await startVault(there, shared, { ...synced, seed: 2 })
  return { shared, here, there, a, b }
}

test('a value is shown when it is asked for, and stands on the disk nowhere in plain', async () => {
  const { disk, save, reveal, rows } = await startVault()
  const entry = await save({
    title: 'Bank',
    username: 'ana',
    url: 'https://bank.example',
    value: SECRET,
    note: 'PIN 1234',
  })
  expect(await reveal(entry)).toBe(SECRET)
  expect(await reveal(entry, 'note')).toBe('PIN 1234')
  const [row] = await rows()
  expect(row).toMatchObject({
    title: 'Bank',
    username: 'ana',
    kind: 'password',
    problem: null,
    deleted: false,
  })
  expect(JSON.stringify(row)).not.toContain(SECRET)
  expect(JSON.stringify(row)).not.toContain('1234')
  expect(disk.documents.size).toBe(1)
  for (const text of [SECRET, 'Bank', 'ana', 'bank.example', '1234']) expect(holds(disk, text)).toBe(false)
  expect(holds(disk, entry), 'the search finds what is there').toBe(true)
})

test('texts of any length and script come back, and the length shows only roughly', async () => {
  const { save, reveal, vault } = await startVault()
  const texts = ['x', 'é'.repeat(63), '\u0080', '\uFEFFmark', '🔑'.repeat(40), ' spaces ', 'a'.repeat(64)]
  for (const text of texts) expect(await reveal(await save({ value: text }))).toBe(text)
  const place = { entry: 'A'.repeat(22), field: 'value', version: 'v', after: [] } as const
  const sealed = await Promise.all(
    ['a', 'a much longer password'].map(text => vault.sealer.seal(text, place)),
  )
  expect(new Set(sealed.map(({ sealed }) => sealed.length)).size).toBe(1)
})

test('only the fields that are named are written; an empty one is removed', async () => {
  const { save, reveal, rows, vault } = await startVault()
  const entry = await save({ title: 'Mail', value: 'one', note: 'old' })
  await save({ value: 'two', note: '' }, entry)
  expect(await reveal(entry)).toBe('two')
  expect(await reveal(entry, 'note')).toBe('')
  expect((await rows())[0]).toMatchObject({ title: 'Mail', filled: ['title', 'value'], several: [] })
  await save({ title: '', value: '' }, entry)
  expect(await rows(), 'an entry without any text is still there').toHaveLength(1)
  expect(codeOf(await vault.save({ fields: { value: '' } }, 'A'.repeat(22)))).toBe('vault-empty')
  const long = { fields: { value: 'x'.repeat(MAX_VAULT_TEXT + 1) } }
  expect(codeOf(await vault.save(long, 'A'.repeat(22)))).toBe('vault-too-long')
})

test('a command that a second life of the worker gets again makes one entry and one value', async () => {
  const disk = createVaultDisk('d')
  const command = 'AAAAAAAAAAAAAAAAAAAAAg'
  const fields = { title: 'Once', value: SECRET }
  for (const _ of [1, 2]) {
    const { vault } = await startVault(disk)
    expect(must(await vault.save({ fields }, command))).toEqual({ entry: command })
  }
  const { rows, vault } = await startVault(disk)
  expect(await rows()).toMatchObject([{ title: 'Once', several: [] }])
  expect(must(await vault.reveal(command, 'value'))).toEqual({ text: SECRET, others: [] })
})

test('what is deleted can be restored, and what is erased is gone', async () => {
  const { disk, save, vault, rows, reveal } = await startVault()
  const entry = await save({ title: 'Old', value: SECRET })
  must(await vault.remove(entry))
  expect(await rows()).toMatchObject([{ deleted: true }])
  must(await vault.restore(entry))
  expect(await rows()).toMatchObject([{ deleted: false }])
  expect(await reveal(entry)).toBe(SECRET)
  must(await vault.erase(entry))
  expect(await rows()).toEqual([])
  expect(codeOf(await vault.reveal(entry, 'value'))).toBe('no-entry')
  expect(codeOf(await vault.erase(entry))).toBe('no-entry')
  expect(holds(disk, 'v1.')).toBe(false)
})

test('two that write the same field at once both stay until one of them decides', async () => {
  const { here, there, a, b } = await twoDevices()
  const entry = await a.save({ title: 'Shared', value: 'first' })
  exchange(here, there)
  await a.save({ value: 'of a' }, entry)
  await b.clock.pass(1000)
  await b.save({ value: 'of b' }, entry)
  exchange(here, there)
  exchange(there, here)
  for (const disk of [here, there]) {
    const life = await startVault(disk, createSharedKeys(), synced)
    expect((await life.rows())[0]!.several).toEqual(['value'])
    expect(must(await life.vault.reveal(entry, 'value'))).toEqual({ text: 'of b', others: ['of a'] })
  }
  await a.save({ value: 'decided' }, entry)
  exchange(here, there)
  expect(must(await b.vault.reveal(entry, 'value'))).toEqual({ text: 'decided', others: [] })
})

test('a clock that is behind does not make a newer value an older one', async () => {
  const { here, there, a, b } = await twoDevices()
  await a.clock.pass(60_000)
  const entry = await a.save({ value: 'first' })
  exchange(here, there)
  await b.save({ value: 'second' }, entry)
  expect(await b.reveal(entry)).toBe('second')
})

test('sealing anew never takes the place of a newer value, nor brings back what was erased', async () => {
  const { shared, here, there, a } = await twoDevices()
  const edited = await a.save({ title: 'Edited', value: 'old' })
  const erased = await a.save({ title: 'Erased', value: 'gone' })
  exchange(here, there)
  shared.rotate(2)
  const rotated = await startVault(there, shared, { sync: true, epoch: 2 })
  await rotated.vault.beforeSync()
  await settled()
  await a.save({ value: 'new' }, edited)
  must(await a.vault.erase(erased))
  exchange(here, there)
  exchange(there, here)
  const life = await startVault(here, shared, { sync: true, epoch: 2 })
  expect(await life.reveal(edited)).toBe('new')
  expect((await life.rows()).map(({ title }) => title)).toEqual(['Edited'])
})

test('what was replaced or emptied elsewhere does not come back with a sealing anew, and makes no second value', async () => {
  const { shared, here, there, a } = await twoDevices()
  const entry = await a.save({ title: 'Toggled', value: 'one', note: 'old remark' })
  exchange(here, there)
  // Over there sync is turned off and on again: everything is written twice, unchanged.
  const other = await startVault(there, shared, { sync: false, seed: 8 })
  await other.vault.beforeSync()
  await settled()
  other.setSync(true)
  await other.vault.beforeSync()
  await settled()
  for (const value of ['two', 'three', 'four']) await a.save({ value }, entry)
  await a.save({ note: '' }, entry)
  exchange(here, there)
  exchange(there, here)
  for (const disk of [here, there]) {
    const life = await startVault(disk, shared, synced)
    expect(must(await life.vault.reveal(entry, 'value'))).toEqual({ text: 'four', others: [] })
    expect(await life.rows()).toMatchObject([{ several: [], filled: ['title', 'value'] }])
  }
  must(await a.vault.erase(entry))
  expect(await a.rows()).toEqual([])
})

test('what was written into an entry while another erased it is not lost: it waits among the deleted', async () => {
  const { here, there, a, b } = await twoDevices()
  const entry = await a.save({ title: 'Both', value: 'old' })
  exchange(here, there)
  must(await a.vault.erase(entry))
  await b.save({ value: 'written meanwhile' }, entry)
  exchange(there, here)
  expect(await a.rows()).toMatchObject([{ id: entry, deleted: true }])
  must(await a.vault.restore(entry))
  expect(await a.reveal(entry)).toBe('written meanwhile')
  expect(await a.rows()).toMatchObject([{ deleted: false }])
})

test('what another device sealed for itself is shown as such, kept, and not passed off as empty', async () => {
  const [here, there] = [createVaultDisk('here'), createVaultDisk('there')]
  const a = await startVault(here)
  const entry = await a.save({ title: 'Only here', value: SECRET })
  exchange(here, there)
  const b = await startVault(there, createSharedKeys(), synced)
  await b.vault.beforeSync()
  expect(await b.rows()).toMatchObject([{ id: entry, title: '', problem: 'other-device' }])
  const answer = await b.vault.reveal(entry, 'value')
  expect(codeOf(answer)).toBe('vault-sealed')
  exchange(there, here)
  expect(await a.reveal(entry)).toBe(SECRET)
})

test('a sealed text that was moved to another place, or changed, is not opened', async () => {
  const { save, vault, rows, documents } = await startVault()
  const one = await save({ title: 'One', value: 'of one' })
  const two = await save({ title: 'Two', value: 'of two' })
  const open = await documents.open(VAULT_DOCUMENT)
  const map = open.doc.getMap('entries')
  const keyOf = (entry: string) => [...map.keys()].find(key => key.startsWith(`${entry}.value.`))!
  map.set(keyOf(one), map.get(keyOf(two)))
  map.set(keyOf(two), 'v9.other.format')
  await open.stored()
  open.release()
  for (const [entry, says] of [
    [one, 'changed by something other'],
    [two, 'does not have the key'],
  ] as const) {
    const answer = await vault.reveal(entry, 'value')
    expect(answer).toMatchObject({ ok: false, error: { code: 'vault-sealed' } })
    expect(answer.ok ? '' : answer.error.message).toContain(says)
  }
  expect((await rows()).map(({ title }) => title)).toEqual(['One', 'Two'])
})

test('keys that no version of this app wrote are passed over', async () => {
  const { save, rows, documents } = await startVault()
  await save({ title: 'Real' })
  const open = await documents.open(VAULT_DOCUMENT)
  const map = open.doc.getMap('entries')
  for (const key of [
    '',
    '.',
    'x.title',
    `${'A'.repeat(22)}.other.v`,
    `${'A'.repeat(22)}.value.bad`,
    '__proto__',
  ])
    map.set(key, 'v1.1.a.b')
  map.set(`${'B'.repeat(21)}A.kind`, 'password')
  open.release()
  expect(await rows()).toMatchObject([{ title: 'Real' }])
})

test('who may only read can look and changes nothing', async () => {
  const { shared, here, a, there } = await twoDevices()
  const entry = await a.save({ title: 'Look', value: SECRET })
  exchange(here, there)
  shared.rotate(2)
  const reader = await startVault(there, shared, { sync: true, epoch: 2 })
  reader.setMayWrite(false)
  const before = there.documents.get(VAULT_DOCUMENT)
  expect(await reader.reveal(entry)).toBe(SECRET)
  const refused = [
    await reader.vault.save({ fields: { value: 'x' } }, 'AAAAAAAAAAAAAAAAAAAAAg'),
    await reader.vault.remove(entry),
    await reader.vault.restore(entry),
    await reader.vault.erase(entry),
  ]
  expect(refused.map(codeOf)).toEqual(refused.map(() => 'vault-read-only'))
  await reader.vault.beforeSync()
  expect(there.documents.get(VAULT_DOCUMENT)).toEqual(before)
})
