import { type DeviceId, VAULT_DOCUMENT } from '../../protocol/ids.ts'
import type { VaultProblem } from '../../protocol/vault.ts'
import { encryptKey, keyInUse, wrapKey } from '../keys/wrapped-key.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { KeyName } from './sealed-value.ts'

/** The keys that a device has for the vault of a workspace. */
export interface VaultKeys {
  /** By which one texts are to be sealed: this device's as long as sync is off, the workspace's newest otherwise. */
  wanted(): KeyName
  isDeviceKey(name: KeyName): boolean
  /** The key of that name, or why it is not here. */
  get(name: KeyName | null): Promise<CryptoKey | VaultProblem>
}

interface Deps {
  readonly device: DeviceId
  readonly store: Pick<DeviceStore, 'vaultKey' | 'addVaultKey'>
  /** What the passphrase opened, where the device lock is on. */
  readonly lockKey: CryptoKey | null
  readonly workspace: Pick<Workspace, 'relays' | 'epoch' | 'contentKeys'>
}

const DEVICE = 'device-'
const EPOCH = /^\d{1,10}$/

/** It never leaves this browser, not even sealed to somebody: nobody else can open what is sealed by it. */
const loadDeviceKey = async ({ store, lockKey }: Pick<Deps, 'store' | 'lockKey'>): Promise<CryptoKey> => {
  const kept = await store.vaultKey()
  if (kept) return keyInUse(kept, 'AES-GCM', lockKey)
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])
  const stored = lockKey === null ? await wrapKey(made) : await encryptKey(made, lockKey)
  await store.addVaultKey(stored)
  // Another workspace's vault may have made one in the same moment.
  return keyInUse((await store.vaultKey()) ?? stored, 'AES-GCM', lockKey)
}

export const createVaultKeys = ({ device, store, workspace, lockKey }: Deps): VaultKeys => {
  const own = `${DEVICE}${device}`
  let deviceKey: Promise<CryptoKey> | null = null

  const ownKey = (): Promise<CryptoKey> => {
    deviceKey ??= loadDeviceKey({ store, lockKey }).catch(error => {
      deviceKey = null // tried again the next time
      throw error
    })
    return deviceKey
  }

  return {
    wanted: () => (workspace.relays().length === 0 ? own : String(workspace.epoch())),
    isDeviceKey: name => name.startsWith(DEVICE),
    get: async name => {
      if (name === own) return ownKey()
      if (name?.startsWith(DEVICE)) return 'other-device'
      if (name === null || !EPOCH.test(name)) return 'unknown-key'
      return (await workspace.contentKeys(Number(name))?.('vault', VAULT_DOCUMENT)) ?? 'unknown-key'
    },
  }
}
