import { expect, test } from 'vitest'
import { bringVault } from '../../../worker/vault/bring-vault.ts'
import { runVaultCommand } from '../../../worker/vault/vault-commands.ts'
import { exportVault, importVault } from '../../../worker/vault/vault-transfer.ts'
import { seededRandom } from '../../support/seeded.ts'
import { codeOf, createSharedKeys, createVaultDisk, must, startVault, type VaultLife } from './setup.ts'

const exported = async (life: VaultLife) => {
  const { file, entries, unreadable } = must(await exportVault(life.vault, life.clock.now()))
  return { text: new TextDecoder().decode(await file.arrayBuffer()), entries, unreadable }
}

const imported = (life: VaultLife, text: string, seed = 5) =>
  importVault(life.vault, text, { random: seededRandom(seed), now: life.clock.now() })

test('an exported vault is plain JSON, without what was deleted, and comes in again word for word', async () => {
  const life = await startVault()
  await life.save({
    title: 'Bank',
    username: 'ana',
    value: 'pass 🔑',
    url: 'https://b.example',
    note: 'line\nline',
  })
  must(await life.vault.remove(await life.save({ title: 'Deleted', value: 'no' })))
  const { text, entries, unreadable } = await exported(life)
  expect({ entries, unreadable }).toEqual({ entries: 1, unreadable: 0 })
  expect(JSON.parse(text)).toMatchObject({
    format: 'holdfast-vault',
    version: 1,
    entries: [{ kind: 'password', title: 'Bank', username: 'ana', value: 'pass 🔑', note: 'line\nline' }],
  })

  const other = await startVault(createVaultDisk('other'))
  expect(must(await imported(other, text))).toEqual({ added: 1, unchanged: 0 })
  expect(must(await imported(other, text, 6)), 'twice doubles nothing').toEqual({ added: 0, unchanged: 1 })
  const [row] = await other.rows()
  expect(row).toMatchObject({ title: 'Bank', username: 'ana', changed: life.clock.now() })
  expect(await other.reveal(row!.id)).toBe('pass 🔑')
})

test('a file that is none of ours is refused whole', async () => {
  const life = await startVault()
  const good = { kind: 'password', title: 'x' }
  const file = (entries: unknown[]) => JSON.stringify({ format: 'holdfast-vault', version: 1, entries })
  for (const text of [
    '',
    '[]',
    'null',
    file([good]).slice(0, -3),
    JSON.stringify({ format: 'holdfast-vault', version: 2, entries: [good] }),
    file([good, { kind: 'password' }]),
    file([good, { kind: 'other', title: 'x' }]),
    file([good, { kind: 'key', title: 7 }]),
  ])
    expect(codeOf(await imported(life, text))).toBe('not-a-vault')
  expect(await life.rows()).toEqual([])
})

test('whoever joins brings the vault along, sealed for the new workspace; twice adds nothing', async () => {
  const from = await startVault(createVaultDisk('d'))
  const kept = await from.save({ title: 'Kept', value: 'secret' })
  const erased = await from.save({ title: 'Erased', value: 'secret' })
  const shared = createSharedKeys(`${'V'.repeat(42)}A`)
  const into = await startVault(createVaultDisk('d'), shared, { sync: true, seed: 3 })
  const bring = () => from.vault.giveTo(into.vault)
  await bring()
  expect(await into.reveal(kept)).toBe('secret')
  must(await into.vault.erase(erased))
  await into.save({ value: 'changed there' }, kept)
  await bring()
  expect((await into.rows()).map(({ title }) => title)).toEqual(['Kept'])
  expect(must(await into.vault.reveal(kept, 'value'))).toEqual({ text: 'changed there', others: [] })
})

test('nothing is brought to where it may not be written', async () => {
  const from = await startVault(createVaultDisk('d'))
  await from.save({ title: 'Kept', value: 'secret' })
  const into = await startVault(createVaultDisk('d'), createSharedKeys(`${'V'.repeat(42)}A`), { sync: true })
  into.setMayWrite(false)
  await from.vault.giveTo(into.vault)
  expect(await into.rows()).toEqual([])
})

test('what is left of a lost device is shown as what it is', async () => {
  const from = await startVault(createVaultDisk('lost'))
  await from.save({ title: 'Kept', value: 'secret' })
  const into = await startVault(createVaultDisk('new'))
  await bringVault({ documents: from.documents, sealer: null }, into.vault)
  expect(await into.rows()).toMatchObject([{ title: '', problem: 'other-device', kind: 'password' }])
  const { entries, unreadable } = await exported(into)
  expect({ entries, unreadable }).toEqual({ entries: 0, unreadable: 1 })
})

test('commands that are malformed do nothing', async () => {
  const life = await startVault()
  const run = (intent: unknown, command = 'AAAAAAAAAAAAAAAAAAAAAg') =>
    runVaultCommand(life, intent as Parameters<typeof runVaultCommand>[1], command)
  const refused = [
    [{ type: 'vault-save', fields: null }, 'unknown-command'],
    [{ type: 'vault-save', fields: { title: 7 } }, 'unknown-command'],
    [{ type: 'vault-save', entry: 'x', fields: {} }, 'unknown-command'],
    [{ type: 'vault-save', kind: 'x', fields: {} }, 'unknown-command'],
    [{ type: 'vault-reveal', entry: 'x', field: 'kind' }, 'unknown-command'],
    [{ type: 'vault-reveal', entry: 'x', field: 'value' }, 'no-entry'],
    [{ type: 'vault-import' }, 'unknown-command'],
    [{ type: 'vault-else' }, 'unknown-command'],
  ] as const
  for (const [intent, code] of refused) expect(codeOf(await run(intent)), JSON.stringify(intent)).toBe(code)
  expect(must(await run({ type: 'vault-erase', entry: 'x' }))).toBeNull()
  const made = must(await run({ type: 'vault-save', kind: 'key', fields: { title: 'Made' } }))
  expect(made).toEqual({ entry: 'AAAAAAAAAAAAAAAAAAAAAg' })
  expect(await life.rows()).toMatchObject([{ title: 'Made', kind: 'key' }])
})
