import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { VAULT_DOCUMENT } from '../../../protocol/ids.ts'
import { keyNameOf } from '../../../worker/vault/sealed-value.ts'
import { sortOut, vaultMap } from '../../../worker/vault/vault-entries.ts'
import { settled } from '../../support/manual-clock.ts'
import { createSharedKeys, createVaultDisk, startVault, type VaultDisk } from './setup.ts'

const keyNames = (disk: VaultDisk): ReadonlySet<string | null> => {
  const doc = new Y.Doc()
  const state = disk.documents.get(VAULT_DOCUMENT)
  if (state) Y.applyUpdate(doc, state)
  return new Set(sortOut(vaultMap(doc)).counting.map(({ sealed }) => keyNameOf(sealed)))
}

/** Waits for work that runs by itself; what never comes about is ended by the test's own limit. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await settled()
}

const fill = async (life: Awaited<ReturnType<typeof startVault>>, count: number) => {
  const entries: string[] = []
  for (let at = 0; at < count; at += 1)
    entries.push(await life.save({ title: `T${at}`, value: `secret ${at}` }))
  return entries
}

test('before sync begins, nothing is sealed for this device alone any more; without sync everything is', async () => {
  const disk = createVaultDisk('d')
  const life = await startVault(disk)
  const entries = await fill(life, 20)
  expect(keyNames(disk)).toEqual(new Set(['device-d']))

  life.setSync(true)
  await life.vault.beforeSync()
  await settled()
  expect(keyNames(disk)).toEqual(new Set(['1']))
  expect(
    Buffer.from(disk.documents.get(VAULT_DOCUMENT)!).includes('device-'),
    'nor is the old sealing sent',
  ).toBe(false)
  expect(await life.reveal(entries[19]!)).toBe('secret 19')

  life.setSync(false)
  life.vault.check()
  await until(() => keyNames(disk).has('device-d') && keyNames(disk).size === 1)
})

test('a new epoch seals everything anew once what others wrote is here', async () => {
  const shared = createSharedKeys()
  const disk = createVaultDisk('d')
  const before = await startVault(disk, shared, { sync: true })
  await fill(before, 3)
  shared.rotate(5)
  const life = await startVault(disk, shared, { sync: true, epoch: 5 })
  life.setComplete(false)
  life.vault.check()
  await settled()
  expect(keyNames(disk)).toEqual(new Set(['1']))
  life.setComplete(true)
  life.vault.check()
  await until(() => keyNames(disk).has('5') && keyNames(disk).size === 1)
})

test('a start opens the vault only where something may have to be sealed anew', async () => {
  const disk = createVaultDisk('d')
  await fill(await startVault(disk), 2)
  await settled()
  const life = await startVault(disk)
  life.vault.check()
  await life.vault.beforeSync()
  await settled()
  expect(life.documents.opened()).toBe(0)
})

test('a full disk does not have it looked through again and again', async () => {
  const disk = createVaultDisk('d')
  await fill(await startVault(disk), 2)
  await settled()
  const life = await startVault(disk)
  life.documents.holdStorage()
  life.setSync(true)
  for (let times = 0; times < 5; times += 1) {
    life.vault.check()
    await settled()
  }
  expect(life.documents.opened()).toBe(1)
  life.documents.storeNow()
  await settled()
  expect(life.documents.isOpen(VAULT_DOCUMENT)).toBe(false)
})

test('vaults of two workspaces that make the key of the device in the same moment use the same one', async () => {
  const disk = createVaultDisk('d')
  const other = createSharedKeys(`${'V'.repeat(42)}A`)
  const [a, b] = [await startVault(disk), await startVault({ ...disk, documents: new Map() }, other)]
  const [one, two] = await Promise.all([a.save({ value: 'of a' }), b.save({ value: 'of b' })])
  const [again, against] = [
    await startVault(disk),
    await startVault({ ...disk, documents: b.disk.documents }, other),
  ]
  expect(await again.reveal(one)).toBe('of a')
  expect(await against.reveal(two)).toBe('of b')
})

test('the list tells how far it is', async () => {
  const disk = createVaultDisk('d')
  const life = await startVault(disk)
  await fill(life, 12)
  const list = await life.list()
  const told: unknown[] = []
  list.subscribe(() => told.push(list.get().sealing))
  expect(list.get().sealedBy).toBe('device')
  life.setSync(true)
  await life.vault.beforeSync()
  expect(told).toContainEqual({ done: 0, total: 24 })
  expect(told).toContainEqual({ done: 16, total: 24 })
  expect(list.get()).toMatchObject({ sealing: null, sealedBy: 'workspace' })
  list.close()
})

/** What happens to a device between two looks at its disk. */
const step = fc.record({
  sync: fc.boolean(),
  epoch: fc.integer({ min: 1, max: 3 }),
  /** So many transactions reach the disk before the worker dies; null: it lives on. */
  writes: fc.option(fc.integer({ min: 0, max: 6 }), { nil: null }),
  edits: fc.boolean(),
})

test('it can be interrupted at every write, and goes on at the next start; no value is ever lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
      const shared = createSharedKeys()
      for (const epoch of [2, 3]) shared.rotate(epoch)
      const disk = createVaultDisk('d')
      const first = await startVault(disk, shared)
      const entries = await fill(first, 9)
      const values = new Map(entries.map((entry, at) => [entry, `secret ${at}`]))
      let life = first
      for (const [number, { sync, epoch, writes, edits }] of steps.entries()) {
        life = await startVault(disk, shared, { sync, epoch, seed: number + 2 })
        if (writes === null) {
          await life.vault.beforeSync()
          await settled()
          expect(keyNames(disk)).toEqual(new Set([sync ? String(epoch) : 'device-d']))
          if (edits) {
            const entry = entries[number % entries.length]!
            await life.save({ value: `edited ${number}` }, entry)
            values.set(entry, `edited ${number}`)
          }
        } else {
          const open = await life.documents.open(VAULT_DOCUMENT)
          let left = writes
          open.doc.on('update', () => {
            left -= 1
            if (left < 0) return
            disk.documents.set(VAULT_DOCUMENT, Y.encodeStateAsUpdate(open.doc))
          })
          life.documents.holdStorage() // what comes later never reaches the disk
          await life.vault.beforeSync()
          life.vault.close()
        }
      }
      const last = await startVault(disk, shared, { sync: true, epoch: 3, seed: 99 })
      await last.vault.beforeSync()
      for (const [entry, value] of values) expect(await last.reveal(entry)).toBe(value)
      await settled()
      expect(keyNames(disk)).toEqual(new Set(['3']))
    }),
    { numRuns: 25 },
  )
}, 60_000)
