import { HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import type { DeviceHost } from './device-host.ts'
import type { ReceiptChecks } from './receipts.ts'
import type { Story } from './story.ts'
import { documentsOf } from './worker-life.ts'

/** Somebody looks at all that a device shows: whatever it says has to be true in that moment. */
export const createShown =
  ({ census, truth, problem }: Story, receipts: readonly Pick<ReceiptChecks, 'check'>[]) =>
  (device: DeviceHost, { phase, storing, relays }: SyncValue): void => {
    census.count(`shown ${phase}`)
    const life = device.life()
    // While something is not stored, nobody is told more than that.
    if (life && !storing) for (const { check } of receipts) check(device, life)
    const { oracle, lied } = truth
    if (phase !== 'synced' || storing || life === null || oracle === null) return
    // "Synced" means that a relay had all of it.
    const synced = relays.filter(relay => relay.phase === 'synced')
    if (synced.length === 0) problem(`${device.name} said "synced", and of no relay`)
    for (const { origin } of synced) {
      if (lied.has(origin)) continue
      for (const [id, doc] of documentsOf(life)) {
        if (oracle.wasRelayed(origin, id, doc)) continue
        const what = id === HOME_DOCUMENT ? 'home' : 'a note'
        problem(`${device.name} said "synced" of ${origin}, which never had all of ${what}`)
      }
    }
  }
