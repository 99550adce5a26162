import type { SyncEvent, SyncFacts, SyncValue } from '../../protocol/sync.ts'
import type { SyncDetailsSource } from '../tabs/sync-details-view.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { Session } from './session.ts'
import { phaseOf } from './sync-status.ts'
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
    if (sync === null) return NOTHING
    const { relays, waiting, held, remaining, ...rest } = sync.report()
    const now = new Map(sync.state().relays.map(({ relay, state }) => [relay.origin, phaseOf(state)]))
    const stored = new Map(session.workspace.relays().map(relay => [relay.origin, relay]))
    const { syncedAt } = status.get()
    return {
      ...rest,
      relays: relays.map(({ relay: { origin, kind }, report }) => {
        const phase = now.get(origin) ?? 'offline'
        const had = phase === 'synced' ? syncedAt : (stored.get(origin)?.syncedAt ?? null)
        const { since, reachedAt, lastError, end, documents, confirmed, lostAt, lacked } = report
        return {
          ...{ origin, phase, since, reachedAt, lastError, end, documents, confirmed, lostAt, lacked },
          trusted: kind === 'trusted',
          syncedAt: had,
        }
      }),
      queue: { waiting, held, remaining },
    }
  }
  return {
    facts: unchanging(compute),
    events: () => session.sync()?.events() ?? NO_EVENTS,
    onChange: session.onChange,
  }
}
