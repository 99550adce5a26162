import type { SyncEvent, SyncFacts, SyncValue } from '../../protocol/views.ts'
import type { SyncDetailsSource } from '../tabs/sync-details-view.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { Session } from './session.ts'
import { unchanging } from './unchanging.ts'

const NOTHING: SyncFacts = {
  relays: [],
  devices: [],
  queue: { waiting: [], held: [], remaining: 0 },
  setAside: [],
  charts: { latency: [], queue: [] },
}
const NO_EVENTS: readonly SyncEvent[] = []

/** What the sync page shows of a session; computed only when asked. */
export const createSyncDetails = (session: Session, status: Observable<SyncValue>): SyncDetailsSource => {
  const compute = (): SyncFacts => {
    const sync = session.sync()
    const relay = session.workspace.relay()
    if (sync === null || relay === null) return NOTHING
    const { waiting, held, remaining, since, reachedAt, lastError, ...rest } = sync.report()
    const { phase, syncedAt } = status.get()
    return {
      ...rest,
      relays: [{ origin: relay.origin, phase, since, reachedAt, syncedAt, lastError }],
      queue: { waiting, held, remaining },
    }
  }
  return {
    facts: unchanging(compute),
    events: () => session.sync()?.events() ?? NO_EVENTS,
    onChange: session.onChange,
  }
}
