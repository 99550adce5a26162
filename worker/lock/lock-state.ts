import { DEFAULT_IDLE_MINUTES, type LockValue } from '../../protocol/lock.ts'
import { createListeners } from '../listeners.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { OpenedLock } from './device-lock.ts'
import type { StoredLock } from './stored-lock.ts'

/** How the device's lock stands, and what tabs see of it: that changes only when it is announced. */
export interface LockState {
  /** As it is stored; undefined where it is off. */
  stored(): StoredLock | undefined
  /** With its keys; null where it is off, and before the passphrase was entered. */
  opened(): OpenedLock | null
  /** It is open as given, or off. */
  become(opened: OpenedLock | null): void
  /** Its settings are others now. */
  set(lock: StoredLock): void
  /** How many documents are not in the form that they should have. */
  unconverted(): number
  setUnconverted(count: number): void
  announce(): void
  readonly value: Observable<LockValue>
}

export const createLockState = (stored: StoredLock | undefined): LockState => {
  let lock = stored
  let opened: OpenedLock | null = null
  let unconverted = 0
  const listeners = createListeners()

  const valueNow = (): LockValue => ({
    on: lock !== undefined && lock.phase !== 'opening',
    idleMinutes: lock?.idleMinutes ?? DEFAULT_IDLE_MINUTES,
    unconverted,
  })
  let value = valueNow()

  return {
    stored: () => lock,
    opened: () => opened,
    become: next => {
      opened = next
      lock = next?.lock
    },
    set: next => {
      lock = next
      if (opened) opened = { ...opened, lock: next }
    },
    unconverted: () => unconverted,
    setUnconverted: count => {
      unconverted = count
    },
    announce: () => {
      value = valueNow()
      listeners.tell()
    },
    value: {
      get: () => value,
      subscribe: listeners.add,
    },
  }
}
