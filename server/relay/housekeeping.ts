import { REPLACED_KEPT_MS } from '../../protocol/limits.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Clock } from '../platform/clock.ts'
import type { RelayLog } from './relay-log.ts'

interface Deps {
  readonly store: Pick<LogStore, 'purge'>
  readonly clock: Clock
  readonly relayLog: RelayLog
}

const PAUSE_MS = 3600 * 1000
/** Few enough that nobody notices the one transaction that they are. */
const AT_ONCE = 500

/** Lets go of what snapshots replaced long enough ago, from time to time. Returns what ends it. */
export const keepHouse = ({ store, clock, relayLog }: Deps): (() => void) => {
  let over = false
  let cancel = (): void => {}

  const purge = async (): Promise<void> => {
    let pause = PAUSE_MS
    try {
      const purged = await store.purge(clock.now() - REPLACED_KEPT_MS, AT_ONCE)
      if (purged === AT_ONCE) pause = 0
    } catch (error) {
      relayLog.failed('purge', error)
    }
    if (!over) cancel = clock.after(pause, purge)
  }

  cancel = clock.after(PAUSE_MS, purge)
  return () => {
    over = true
    cancel()
  }
}
