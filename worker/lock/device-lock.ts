import type { IdleMinutes } from '../../protocol/lock.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { makeCourier } from '../keys/device-keys.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { forgetCopies } from '../storage/rewrite-database.ts'
import { createLockKeys, type LockKeys } from './lock-keys.ts'
import { newSecret, openSecret, sealSecret } from './passphrase.ts'
import { lockKeysBy, unlockKeysBy } from './rewrap-keys.ts'
import type { StoredLock } from './stored-lock.ts'

/** A lock with what its passphrase opens. */
export interface OpenedLock {
  readonly lock: StoredLock
  readonly keys: LockKeys
}

type Store = Pick<
  DeviceStore,
  'keys' | 'vaultKey' | 'lock' | 'setLock' | 'changeLock' | 'useSeal' | 'renew' | 'setCourier'
>

const OLD_KEYS = fail(
  'lock-old-keys',
  'The keys of this device were made by an earlier version of Holdfast and cannot be locked. Nothing was changed. A browser in which Holdfast is started for the first time can be locked: join your workspace from there.',
)
export const IS_ON = fail('lock-is-on', 'The lock of this device is on already.')
export const WRONG = fail(
  'wrong-passphrase',
  'This is not the passphrase of this device. Look out for capital letters and the language of the keyboard.',
)

/**
 * Turns the lock on: from here on only the passphrase opens the device's keys, and what is stored of its workspaces.
 * Documents are still to be sealed. Rejects where it could not be stored; then nothing has changed.
 * Errors: `lock-old-keys`, `lock-is-on`.
 */
export const beginSealing = async (
  store: Store,
  passphrase: string,
  idleMinutes: IdleMinutes,
): Promise<Result<OpenedLock>> => {
  // What is wrapped by one secret must never be left to another.
  if ((await store.lock()) !== undefined) return IS_ON
  const secret = newSecret()
  const lock: StoredLock = { phase: 'sealing', secret: await sealSecret(secret, passphrase), idleMinutes }
  const keys = await createLockKeys(secret)
  const locked = await lockKeysBy(store, keys.wrapping)
  if (locked === null) return OLD_KEYS
  await store.changeLock({ lock, ...locked, seal: keys.deviceSeal })
  await store.setCourier(await makeCourier(locked.keys, keys.wrapping))
  return ok({ lock, keys })
}

/** All documents are sealed. A key that was made while the lock was turned on is locked with it. */
export const endSealing = async (store: Store, { lock, keys }: OpenedLock): Promise<OpenedLock> => {
  const next: StoredLock = { ...lock, phase: 'on' }
  const locked = await lockKeysBy(store, keys.wrapping)
  if (locked === null) throw new Error('The keys of the device are gone.')
  await store.changeLock({ lock, ...locked, seal: keys.deviceSeal })
  // What the keys were wrapped by until now is still in the browser's files.
  await store.renew()
  await forgetCopies()
  await store.setLock(next)
  return { lock: next, keys }
}

/** Turns the lock off: documents are to be opened. Until they are, the passphrase is asked for at each start. */
export const beginOpening = async (store: Store, { lock, keys }: OpenedLock): Promise<OpenedLock> => {
  const next: StoredLock = { ...lock, phase: 'opening' }
  await store.setLock(next)
  return { lock: next, keys }
}

/** All documents are open: the keys and all else are stored as without a lock. */
export const endOpening = async (store: Store, { keys }: OpenedLock): Promise<void> => {
  const unlocked = await unlockKeysBy(store, keys.wrapping)
  if (unlocked === null) throw new Error('The keys of the device are gone.')
  await forgetCopies()
  await store.changeLock({ lock: null, ...unlocked, seal: null })
  await store.setCourier(null)
}

/** Null where the passphrase is another one. From here on the store can read what is sealed. */
export const unlock = async (
  store: Store,
  lock: StoredLock,
  passphrase: string,
): Promise<OpenedLock | null> => {
  const secret = await openSecret(lock.secret, passphrase)
  if (secret === null) return null
  const keys = await createLockKeys(secret)
  store.useSeal(keys.deviceSeal)
  return { lock, keys }
}

/** Nothing but the passphrase changes: it opens the same secret. Errors: `wrong-passphrase`. */
export const changePassphrase = async (
  store: Store,
  lock: StoredLock,
  passphrase: string,
  next: string,
): Promise<Result<StoredLock>> => {
  const secret = await openSecret(lock.secret, passphrase)
  if (secret === null) return WRONG
  const changed: StoredLock = { ...lock, secret: await sealSecret(secret, next) }
  secret.fill(0)
  await store.setLock(changed)
  return ok(changed)
}

export const isPassphrase = async (lock: StoredLock, passphrase: string): Promise<boolean> => {
  const secret = await openSecret(lock.secret, passphrase)
  secret?.fill(0)
  return secret !== null
}
