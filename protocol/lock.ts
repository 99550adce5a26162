/** Shorter ones are refused: whoever has the disk can try as many as they like. */
export const MIN_PASSPHRASE = 8
/** After so many minutes without anybody touching the app it is locked. */
export const IDLE_MINUTES = [5, 15, 60] as const
export type IdleMinutes = (typeof IDLE_MINUTES)[number]
export const DEFAULT_IDLE_MINUTES: IdleMinutes = 15

export const isIdleMinutes = (value: unknown): value is IdleMinutes =>
  IDLE_MINUTES.some(minutes => minutes === value)

/** On this BroadcastChannel the worker says `locking`: tabs hide what they show at once. */
export const LOCK_CHANNEL = 'holdfast-lock'

/** What a tab shows instead of the notes, on the port that it gave to `connect`. */
export type LockScreen =
  /** The passphrase is asked for; not before so many milliseconds have passed, where there were wrong ones. */
  | { readonly type: 'locked'; readonly waitMs: number }
  /** The lock was turned on or off, and the documents are being sealed or opened. */
  | {
      readonly type: 'converting'
      readonly to: 'sealed' | 'plain'
      readonly done: number
      readonly of: number
    }

/** The device lock, as its settings show it. */
export interface LockValue {
  readonly on: boolean
  readonly idleMinutes: IdleMinutes
  /** Documents that could not be sealed (or, once it was turned off, opened) yet; it is tried again at each start. */
  readonly unconverted: number
}

export type LockIntent =
  | { readonly type: 'turn-on-lock'; readonly passphrase: string; readonly idleMinutes: IdleMinutes }
  | { readonly type: 'turn-off-lock'; readonly passphrase: string }
  | { readonly type: 'change-passphrase'; readonly passphrase: string; readonly next: string }
  | { readonly type: 'set-lock-idle'; readonly minutes: IdleMinutes }
  | { readonly type: 'lock-now' }
  /** Somebody touches the app. Tabs say so every few seconds at most. */
  | { readonly type: 'active' }

/** Nothing is answered but that it was done. */
export type LockOutcomes = { readonly [T in LockIntent['type']]: null }
