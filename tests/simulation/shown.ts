import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { SyncValue } from '../../protocol/views.ts'
import type { DeviceHost } from './device-host.ts'
import type { ReceiptChecks } from './receipts.ts'
import type { Story } from './story.ts'
import { documentsOf } from './worker-life.ts'

/** Somebody looks at all that a device shows: whatever it says has to be true in that moment. */
export const createShown =
  ({ census, truth, problem }: Story, receipts: Pick<ReceiptChecks, 'check'>) =>
  (device: DeviceHost, { phase, storing }: SyncValue): void => {
    census.count(`shown ${phase}`)
    const life = device.life()
    // While something is not stored, nobody is told more than that.
    if (life && !storing) receipts.check(device, life)
    const { oracle, lied } = truth
    if (phase !== 'synced' || storing || life === null || oracle === null || lied) return
    // "Synced" means that a relay had all of it.
    for (const [id, doc] of documentsOf(life)) {
      if (oracle.wasRelayed(id, doc)) continue
      problem(
        `${device.name} said "synced" while no relay had all of ${id === HOME_DOCUMENT ? 'home' : 'a note'}`,
      )
    }
  }
