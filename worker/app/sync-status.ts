import type { Failure } from '../../protocol/result.ts'
import type { SyncPhase, SyncValue } from '../../protocol/sync.ts'
import type { Clock } from '../platform/clock.ts'
import { confirmingAmong, type StoredRelay } from '../storage/stored-relay.ts'
import type { RelaysState } from '../sync/relays-state.ts'
import type { SyncState } from '../sync/report/sync-report.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { Session } from './session.ts'

const SET_CLOCK = 'Your notes are safe here. Set the clock, and sync goes on by itself.'

const ADVICE: Readonly<Record<string, string>> = {
  'not-a-member':
    'This device was taken out of the workspace. Your notes are safe here; export them or ask to be invited again.',
  scope: 'This device may not write here. Your notes are safe on it.',
  origin: 'The relay does not accept this address of the app. Open the app at the relay’s own address.',
  'operator-code':
    'The relay asks for a code from whoever runs it. Turn sync off, then on again with the code.',
  'not-listed':
    'The relay serves only workspaces that whoever runs it has listed. Ask them, or use another relay.',
  'workspace-deleted':
    'An owner deleted the workspace from this relay. Your notes are safe here; an owner can turn sync on there again.',
  'access-invalid':
    'The list of devices does not fit. Your notes are safe here; export them before you do anything else.',
  'access-conflict':
    'The relay knows other devices than this one does. Your notes are safe here; try another relay.',
  'quota-bytes': 'The space for this workspace is used up there. Ask whoever runs the relay for more.',
  'quota-documents': 'The relay takes no more notes of this workspace. Ask whoever runs the relay for more.',
  'token-expired': SET_CLOCK,
  'token-early': SET_CLOCK,
  'token-invalid': 'The relay is known under another address. Use the address that whoever runs it gives.',
  'other-version': 'Reload the app, and update the relay.',
}

const ENDED =
  'An owner deleted the workspace for everyone. What is on this device is still here: read it, export it, or leave with a copy.'

const advice = (code: string, ended = false): string =>
  ended && code === 'workspace-deleted'
    ? ENDED
    : (ADVICE[code] ?? 'Your notes are safe on this device. Try again later.')

/** What one relay is to this device. */
export const phaseOf = (state: SyncState): SyncPhase => {
  switch (state.link.phase) {
    case 'refused':
      return 'refused'
    case 'open':
      return state.caughtUp && state.waiting === 0 ? 'synced' : 'syncing'
    case 'connecting':
      return state.reached ? 'offline' : 'connecting'
    case 'waiting':
    case 'stopped':
      return 'offline'
  }
}

/** One relay that has everything, and of which everything is here, is enough; the others are named beside it. */
const phaseOfAll = (state: RelaysState): SyncPhase => {
  if (state.waiting === 0 && confirmingAmong(state.relays).some(relay => phaseOf(relay.state) === 'synced'))
    return 'synced'
  return state.link.phase === 'open' ? 'syncing' : phaseOf(state)
}

/** What the one line about sync may say. */
export const syncValue = (now: {
  readonly workspace: string
  readonly relays: readonly StoredRelay[]
  readonly sync: RelaysState | null
  readonly syncedAt: number | null
  readonly storing: boolean
  readonly storageProblem: string | null
  /** It was deleted for everyone, and this device has heard so. */
  readonly ended?: boolean
}): SyncValue => {
  const { sync, relays, ended, ...others } = now
  const phases = new Map(sync?.relays.map(({ relay, state }) => [relay.origin, phaseOf(state)]))
  const reachedAt = sync?.reachedAt ?? null
  const refused: Failure | null = sync?.link.phase === 'refused' ? sync.link.refusal : null
  return {
    ...others,
    relay: relays[0]?.origin ?? null,
    relays: relays.map(({ origin, kind }) => ({
      origin,
      trusted: kind === 'trusted',
      phase: phases.get(origin) ?? 'connecting',
    })),
    phase: sync === null ? (relays.length === 0 ? 'off' : 'connecting') : phaseOfAll(sync),
    waiting: sync?.waiting ?? 0,
    queued: sync?.queued ?? 0,
    refusal: refused && { code: refused.code, message: refused.message, advice: advice(refused.code, ended) },
    setAside: sync?.setAside ?? 0,
    remaining: sync?.remaining ?? 0,
    reachedAt,
  }
}

const KEEP_SYNCED_AT_MS = 5_000

/** Whether both say the same, whatever the time at which it was confirmed, or the relay reached. */
const sameFacts = (a: SyncValue, b: SyncValue): boolean => {
  const { syncedAt, reachedAt } = b
  return JSON.stringify({ ...a, syncedAt, reachedAt }) === JSON.stringify(b)
}

/** Follows the session in use, and remembers when a relay last confirmed everything. */
export const createSyncStatus = (session: Session, clock: Clock): Observable<SyncValue> => {
  const { workspace } = session
  const syncedTimes = workspace.relays().flatMap(relay => relay.syncedAt ?? [])
  let syncedAt = syncedTimes.length > 0 ? Math.max(...syncedTimes) : null
  let writing = false
  /** When each relay last had everything. */
  const had = new Map<string, number>()

  const rememberSyncedAt = (): void => {
    if (writing) return
    writing = true
    clock.after(KEEP_SYNCED_AT_MS, () => {
      writing = false
      workspace
        .setRelays(
          workspace.relays().map(relay => ({ ...relay, syncedAt: had.get(relay.origin) ?? relay.syncedAt })),
        )
        .catch(() => undefined) // a full disk is told about by the documents, and a closed one has no use for it
    })
  }

  const compute = (): SyncValue =>
    syncValue({
      workspace: workspace.id,
      relays: workspace.relays(),
      sync: session.sync()?.state() ?? null,
      syncedAt,
      storing: session.documents.saving(),
      storageProblem: session.storageProblem(),
      ended: workspace.access().ended,
    })

  let value = compute()

  /** The same object as long as nothing changed: a new one would be sent to every tab. */
  const get = (): SyncValue => {
    const next = compute()
    if (sameFacts(next, value)) return value
    value = next
    if (value.phase === 'synced') {
      syncedAt = clock.now()
      value = { ...value, syncedAt }
      for (const { relay, state } of session.sync()?.state().relays ?? [])
        if (phaseOf(state) === 'synced') had.set(relay.origin, syncedAt)
      rememberSyncedAt()
    }
    return value
  }

  session.onChange(get) // the time is kept although nobody watches
  return { get, subscribe: session.onChange }
}
