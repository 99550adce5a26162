import { VAULT_DOCUMENT } from '../../../protocol/ids.ts'
import type { Result } from '../../../protocol/result.ts'
import type { VaultField, VaultTexts } from '../../../protocol/vault.ts'
import type { StoredKey } from '../../../protocol/wrapped-key.ts'
import { createContentKeys } from '../../../worker/keys/key-derivation.ts'
import { randomId } from '../../../worker/platform/random.ts'
import { createVault } from '../../../worker/vault/vault.ts'
import { createVaultKeys } from '../../../worker/vault/vault-keys.ts'
import { openVaultList } from '../../../worker/vault/vault-list.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createMemoryDocuments, type MemoryDisk } from '../../support/memory-documents.ts'
import { seededRandom } from '../../support/seeded.ts'

export const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

export const codeOf = (result: Result<unknown>): string | null => (result.ok ? null : result.error.code)

const WORKSPACE = `${'W'.repeat(42)}A`

/** A workspace as its members share it: roots by epoch. */
export const createSharedKeys = (workspace = WORKSPACE) => {
  const random = seededRandom(7)
  const roots = new Map([[1, random(32)]])
  return {
    workspace,
    roots,
    rotate: (epoch: number) => void roots.set(epoch, random(32)),
  }
}

export type SharedKeys = ReturnType<typeof createSharedKeys>

/** What of a device outlives its worker. */
export const createVaultDisk = (device: string) => {
  const notes = new Map<string, string>()
  let key: StoredKey<CryptoKey> | undefined
  return {
    device,
    documents: new Map() as MemoryDisk,
    notes,
    store: {
      note: async (name: string) => notes.get(name),
      setNote: async (name: string, text: string | null) => {
        if (text === null) notes.delete(name)
        else notes.set(name, text)
      },
      vaultKey: async () => key,
      addVaultKey: async (made: StoredKey<CryptoKey>) => {
        key ??= made
      },
    },
  }
}

export type VaultDisk = ReturnType<typeof createVaultDisk>

/** One life of a device's worker, as far as its vault goes. */
export const startVault = async (
  disk: VaultDisk = createVaultDisk('this-device'),
  shared: SharedKeys = createSharedKeys(),
  start: { readonly sync: boolean; readonly epoch?: number; readonly seed?: number } = { sync: false },
) => {
  const documents = createMemoryDocuments(disk.documents)
  const clock = createManualClock()
  const random = seededRandom(start.seed ?? 1)
  let sync = start.sync
  let epoch = start.epoch ?? 1
  let mayWrite = true
  let isComplete = true
  const contentKeys = new Map(
    await Promise.all(
      [...shared.roots].map(
        async ([number, root]) => [number, await createContentKeys(shared.workspace, root)] as const,
      ),
    ),
  )
  const keys = createVaultKeys({
    lockKey: null,
    device: disk.device,
    store: disk.store,
    workspace: {
      relays: () => (sync ? [{} as never] : []),
      epoch: () => epoch,
      contentKeys: number => contentKeys.get(number) ?? null,
    },
  })
  const vault = createVault({
    workspace: shared.workspace,
    keys,
    documents,
    isKnown: () => disk.documents.has(VAULT_DOCUMENT) || documents.isOpen(VAULT_DOCUMENT),
    store: disk.store,
    clock,
    random,
    mayWrite: () => mayWrite,
    isComplete: () => isComplete,
  })
  const save = async (fields: VaultTexts, entry?: string) =>
    must(await vault.save({ ...(entry !== undefined && { entry }), fields }, randomId(random))).entry
  return {
    disk,
    documents,
    clock,
    random,
    keys,
    vault,
    save,
    reveal: async (entry: string, field: VaultField = 'value') => must(await vault.reveal(entry, field)).text,
    list: () => openVaultList({ vault, keys, open: documents.open }),
    rows: async () => {
      const list = await openVaultList({ vault, keys, open: documents.open })
      const { rows } = list.get()
      list.close()
      return rows
    },
    /** Without telling the vault; `vault.check` or `vault.beforeSync` come after it. */
    setSync: (on: boolean) => {
      sync = on
    },
    setEpoch: (next: number) => {
      epoch = next
    },
    setMayWrite: (may: boolean) => {
      mayWrite = may
    },
    setComplete: (complete: boolean) => {
      isComplete = complete
    },
  }
}

export type VaultLife = Awaited<ReturnType<typeof startVault>>
