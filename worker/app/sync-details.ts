import type { RelayNamed, SyncEvent, SyncFacts, SyncValue, UnusedRelay } from '../../protocol/sync.ts'
import { cleanName } from '../../protocol/workspace-look.ts'
import type { SyncDetailsSource } from '../tabs/sync-details-view.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { Session } from './session.ts'
import type { KnownRelay } from './session-relays.ts'
import { phaseOf } from './sync-status.ts'
import { unchanging } from './unchanging.ts'

const NOTHING: SyncFacts = {
  relays: [],
  unused: [],
  devices: [],
  queue: { waiting: [], held: [], remaining: 0 },
  setAside: [],
  charts: { latency: [], queue: [] },
}
const NO_EVENTS: readonly SyncEvent[] = []

const namedBy = ({ by, at }: KnownRelay): RelayNamed => ({ by, at })

/** What the workspace names and this device does not use: it has left it, or cannot reach it. */
const unusedOf = ({ workspace, relays }: Session): UnusedRelay[] => {
  const used = new Set(workspace.relays().map(({ origin }) => origin))
  return relays.named().flatMap((relay): UnusedRelay[] => {
    const { id, origin } = relay
    const named = namedBy(relay)
    if (origin === null) return [{ id, address: cleanName(relay.address), why: 'unusable', named }]
    if (used.has(origin)) return []
    const isLeft = workspace.left().includes(origin)
    return [{ id, address: origin, why: isLeft ? 'left' : relay.isUsable ? 'many' : 'unusable', named }]
  })
}

/** What the sync page shows of a session; computed only when asked. */
export const createSyncDetails = (session: Session, status: Observable<SyncValue>): SyncDetailsSource => {
  const compute = (): SyncFacts => {
    const sync = session.sync()
    if (sync === null) return NOTHING
    const { relays, waiting, held, remaining, ...rest } = sync.report()
    const now = new Map(sync.state().relays.map(({ relay, state }) => [relay.origin, phaseOf(state)]))
    const stored = new Map(session.workspace.relays().map(relay => [relay.origin, relay]))
    const { syncedAt } = status.get()
    const named = new Map(session.relays.named().map(relay => [relay.origin, namedBy(relay)]))
    return {
      ...rest,
      relays: relays.map(({ relay: { origin, kind }, report }) => {
        const phase = now.get(origin) ?? 'offline'
        const had = phase === 'synced' ? syncedAt : (stored.get(origin)?.syncedAt ?? null)
        const { since, reachedAt, lastError, end, documents, confirmed, lostAt, lacked } = report
        return {
          ...{ origin, phase, since, reachedAt, lastError, end, documents, confirmed, lostAt, lacked },
          trusted: kind === 'trusted',
          named: named.get(origin) ?? null,
          syncedAt: had,
        }
      }),
      unused: unusedOf(session),
      queue: { waiting, held, remaining },
    }
  }
  return {
    facts: unchanging(compute),
    events: () => session.sync()?.events() ?? NO_EVENTS,
    onChange: session.onChange,
  }
}
