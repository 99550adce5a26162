import { DEFAULT_IDLE_MINUTES, type LockValue } from '../../protocol/lock.ts'
import type { ViewFeed } from '../views/view-feed.ts'

/** The device lock as this page knows it; null before the worker has told it. */
export interface DeviceLock {
  get(): LockValue | null
  /** Whether nothing of the notes may be left where it can be read. */
  isOn(): boolean
}

export const followLock = (feed: ViewFeed): DeviceLock => {
  let value: LockValue | null = null
  feed.watch<'lock'>(
    { view: 'lock' },
    {
      snapshot: (_, next) => {
        value = next
      },
      delta: (_, next) => {
        value = next
        return true
      },
      unavailable: () => undefined, // the settings say so
    },
  )
  return { get: () => value, isOn: () => value?.on === true }
}

export const IDLE_WORDS: Readonly<Record<LockValue['idleMinutes'], string>> = {
  5: '5 minutes',
  15: '15 minutes',
  60: '1 hour',
}

export const LOCK_OFF: LockValue = { on: false, idleMinutes: DEFAULT_IDLE_MINUTES, unconverted: 0 }
