import { isIdleMinutes, type LockIntent, MIN_PASSPHRASE } from '../../protocol/lock.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { createInTurn } from '../in-turn.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import {
  beginOpening,
  beginSealing,
  changePassphrase,
  IS_ON,
  isPassphrase,
  type OpenedLock,
  WRONG,
} from './device-lock.ts'
import type { StoredLock } from './stored-lock.ts'

/** What tabs ask of the device lock. Failures are results. */
export type LockCommands = (intent: LockIntent) => Promise<Result<null>>

interface Deps {
  readonly store: DeviceStore
  readonly lock: () => StoredLock | undefined
  readonly opened: () => OpenedLock | null
  /** Why the app cannot be closed now. */
  readonly obstacle: () => Promise<Result<never> | null>
  /** From this moment on the lock is as given; the app is closed, and opened again. */
  readonly reopen: (next: OpenedLock) => void
  readonly changed: (lock: StoredLock) => void
  readonly lockNow: () => Promise<Result<null>>
  readonly active: () => Promise<void>
}

const TOO_SHORT = fail(
  'passphrase-short',
  `A passphrase needs ${MIN_PASSPHRASE} characters at least. Several words that do not belong together are good.`,
)
const IS_OFF = fail('lock-is-off', 'The lock of this device is off.')
const UNKNOWN = fail('unknown-command', 'This tab asked for something that is not known here. Reload it.')
const NOT_STORED = fail(
  'lock-not-stored',
  'This could not be stored, perhaps for want of space. Nothing was changed.',
)

const isLongEnough = (passphrase: unknown): passphrase is string =>
  typeof passphrase === 'string' && [...passphrase].length >= MIN_PASSPHRASE

export const createLockCommands = (deps: Deps): LockCommands => {
  const { store } = deps

  /** The lock that is on, or why nothing can be done with it. */
  const present = (): Result<OpenedLock> => {
    const opened = deps.opened()
    return opened === null || opened.lock.phase === 'opening' ? IS_OFF : ok(opened)
  }

  const turnOn = async (intent: LockIntent & { type: 'turn-on-lock' }): Promise<Result<null>> => {
    if (deps.lock() !== undefined) return IS_ON
    if (!isIdleMinutes(intent.idleMinutes)) return UNKNOWN
    if (!isLongEnough(intent.passphrase)) return TOO_SHORT
    const refusal = await deps.obstacle()
    if (refusal) return refusal
    const begun = await beginSealing(store, intent.passphrase, intent.idleMinutes)
    if (!begun.ok) return begun
    deps.reopen(begun.value)
    return ok(null)
  }

  const turnOff = async (passphrase: unknown): Promise<Result<null>> => {
    const opened = present()
    if (!opened.ok) return opened
    const refusal = await deps.obstacle()
    if (refusal) return refusal
    if (typeof passphrase !== 'string' || !(await isPassphrase(opened.value.lock, passphrase))) return WRONG
    deps.reopen(await beginOpening(store, opened.value))
    return ok(null)
  }

  const change = async (passphrase: unknown, next: unknown): Promise<Result<null>> => {
    const opened = present()
    if (!opened.ok) return opened
    if (!isLongEnough(next)) return TOO_SHORT
    if (typeof passphrase !== 'string') return WRONG
    const changed = await changePassphrase(store, opened.value.lock, passphrase, next)
    if (!changed.ok) return changed
    deps.changed(changed.value)
    return ok(null)
  }

  const setIdle = async (minutes: unknown): Promise<Result<null>> => {
    const opened = present()
    if (!opened.ok) return opened
    if (!isIdleMinutes(minutes)) return UNKNOWN
    const lock: StoredLock = { ...opened.value.lock, idleMinutes: minutes }
    await store.setLock(lock)
    deps.changed(lock)
    return ok(null)
  }

  const run: LockCommands = async intent => {
    switch (intent.type) {
      case 'turn-on-lock':
        return turnOn(intent)
      case 'turn-off-lock':
        return turnOff(intent.passphrase)
      case 'change-passphrase':
        return change(intent.passphrase, intent.next)
      case 'set-lock-idle':
        return setIdle(intent.minutes)
      case 'lock-now': {
        const opened = present()
        return opened.ok ? deps.lockNow() : opened
      }
      case 'active':
        await deps.active()
        return ok(null)
    }
  }

  const guarded: LockCommands = async intent => {
    try {
      return await run(intent)
    } catch (error) {
      console.error('The device lock could not be changed.', intent.type, (error as Error).name)
      return NOT_STORED
    }
  }

  const inTurn = createInTurn()
  // Two tabs that turn it on at once would wrap the keys by one secret and keep another.
  return intent => inTurn(() => guarded(intent))
}
