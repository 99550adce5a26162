import { expect, test, vi } from 'vitest'
import type { SyncValue } from '../../../protocol/sync.ts'
import { createSyncStatus, syncValue } from '../../../worker/app/sync-status.ts'
import { sealedRelay } from '../../../worker/storage/stored-relay.ts'
import { type RelaysState, stateOfAll } from '../../../worker/sync/relays-state.ts'
import type { SyncState } from '../../../worker/sync/report/sync-report.ts'
import { createSharedView } from '../../../worker/tabs/shared-view.ts'
import { createWholeView } from '../../../worker/tabs/whole-view.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const SETTLED: SyncState = {
  link: { phase: 'open' },
  reached: true,
  reachedAt: null,
  waiting: 0,
  queued: 0,
  setAside: 0,
  remaining: 0,
  caughtUp: true,
}
/** A relay for each of these. */
const atRelays = (...states: readonly SyncState[]): RelaysState =>
  stateOfAll(
    states.map((state, index) => ({ relay: sealedRelay(`http://relay${index}`), state })),
    { documents: new Set(documentsOf(states)), held: new Set() },
  )
/** As many notes as wait at all of them. */
const documentsOf = (states: readonly SyncState[]): string[] =>
  Array.from({ length: Math.min(...states.map(({ waiting }) => waiting)) }, (_, index) => `note ${index}`)

const value = (sync: Partial<SyncState> | null, relay: string | null = 'http://localhost:4321') =>
  syncValue({
    workspace: 'w',
    relays: relay === null ? [] : [sealedRelay(relay)],
    sync: sync && atRelays({ ...SETTLED, ...sync }),
    syncedAt: null,
    storing: false,
    storageProblem: null,
  })

test('only a relay that has all, and of which we have all, makes it synced', () => {
  expect(value({}).phase).toBe('synced')
  expect(value({ waiting: 1 }).phase).toBe('syncing')
  expect(value({ caughtUp: false }).phase).toBe('syncing')
  expect(value({ link: { phase: 'waiting' } }).phase).toBe('offline')
  expect(value({ link: { phase: 'connecting' } }).phase).toBe('offline')
  expect(value({ link: { phase: 'connecting' }, reached: false }).phase).toBe('connecting')
})

test('without a relay it is off, and before sync has loaded nothing is claimed', () => {
  expect(value(null, null).phase).toBe('off')
  expect(value(null).phase).toBe('connecting')
})

test('a refusal says why, and what to do', () => {
  const refusal = { code: 'quota-bytes', message: 'Full.' }
  const { phase, refusal: shown } = value({ link: { phase: 'refused', refusal } })
  expect(phase).toBe('refused')
  expect(shown?.message).toBe('Full.')
  expect(shown?.advice).toContain('space')
})

test('deleted for everyone is told from deleted at one relay', () => {
  const refusal = { code: 'workspace-deleted', message: 'Gone.' }
  const sync = atRelays({ ...SETTLED, link: { phase: 'refused', refusal } })
  const relays = [sealedRelay('http://localhost:4321')]
  const rest = { workspace: 'w', relays, sync, syncedAt: null, storing: false, storageProblem: null }
  expect(syncValue(rest).refusal?.advice).toContain('deleted the workspace from this relay')
  expect(syncValue({ ...rest, ended: true }).refusal?.advice).toContain('deleted the workspace for everyone')
})

test('one relay that has everything is enough, and one that is away or refuses does not hide it', () => {
  const phases = (...states: readonly Partial<SyncState>[]) =>
    syncValue({
      workspace: 'w',
      relays: states.map((_, index) => sealedRelay(`http://relay${index}`)),
      sync: atRelays(...states.map(state => ({ ...SETTLED, ...state }))),
      syncedAt: null,
      storing: false,
      storageProblem: null,
    }).phase
  const refused = { phase: 'refused', refusal: { code: 'scope', message: 'No.' } } as const
  expect(phases({}, { link: { phase: 'waiting' }, waiting: 3 })).toBe('synced')
  expect(phases({}, { link: refused, waiting: 3 })).toBe('synced')
  expect(phases({}, { caughtUp: false })).toBe('synced')
  expect(phases({ waiting: 1 }, { waiting: 1, link: { phase: 'waiting' } })).toBe('syncing')
  expect(phases({ link: { phase: 'waiting' } }, { link: refused })).toBe('offline')
})

/** The part of a session that its status reads. */
const createFacts = (sync: SyncState) => {
  const changed = new Set<() => void>()
  const now = { sync, storing: false }
  const setRelays = vi.fn(async () => undefined)
  return {
    setRelays,
    now,
    session: {
      workspace: {
        id: 'w',
        access: () => ({ ended: false }),
        relays: () => [sealedRelay('http://relay0')],
        setRelays,
      },
      documents: { saving: () => now.storing },
      sync: () => ({ state: () => atRelays(now.sync) }),
      storageProblem: () => null,
      onChange: (listener: () => void) => {
        changed.add(listener)
        return () => changed.delete(listener)
      },
    } as unknown as Parameters<typeof createSyncStatus>[0],
    change: (next: Partial<typeof now>) => {
      Object.assign(now, next)
      for (const listener of changed) listener()
    },
  }
}

test('as long as nothing changed the status is the same object, however often it is read', async () => {
  const clock = createManualClock()
  const facts = createFacts({ ...SETTLED, waiting: 1 })
  const status = createSyncStatus(facts.session, clock)

  facts.change({ sync: SETTLED })
  const synced = status.get()
  expect(synced).toMatchObject({ phase: 'synced', syncedAt: clock.now() })
  await clock.pass(60_000)
  facts.change({})
  expect(status.get()).toBe(synced)
  expect(facts.setRelays).toHaveBeenCalledWith([expect.objectContaining({ syncedAt: synced.syncedAt })])

  facts.change({ storing: true })
  expect(status.get()).toMatchObject({ storing: true })
})

test('every tab is told of a change, although another one saw it before it was announced', async () => {
  const clock = createManualClock()
  const facts = createFacts({ ...SETTLED, waiting: 1 })
  const view = createSharedView(createWholeView(createSyncStatus(facts.session, clock)), 'epoch', clock)
  const phases: string[][] = [[], []]
  const watchers = phases.map(seen =>
    view.watch(push =>
      seen.push(
        (push as { value?: SyncValue; changes?: SyncValue }).value?.phase ??
          (push as { changes: SyncValue }).changes.phase,
      ),
    ),
  )
  facts.now.sync = SETTLED
  watchers[1]!.reset()
  facts.change({})
  await clock.pass(1_000)
  expect(phases).toEqual([
    ['syncing', 'synced'],
    ['syncing', 'synced'],
  ])
})
