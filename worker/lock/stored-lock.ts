import type { IdleMinutes } from '../../protocol/lock.ts'
import type { SealedSecret } from './passphrase.ts'

/**
 * That the device lock is on, as it lies beside the device's keys. `sealing`: it was turned on, and documents may not
 * be sealed yet. `opening`: it was turned off, and documents may still be sealed; until all are open, the keys are wrapped.
 */
export interface StoredLock {
  readonly phase: 'sealing' | 'on' | 'opening'
  readonly secret: SealedSecret
  readonly idleMinutes: IdleMinutes
}
