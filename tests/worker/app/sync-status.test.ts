import { expect, test, vi } from 'vitest'
import type { SyncValue } from '../../../protocol/views.ts'
import { createSyncStatus, syncValue } from '../../../worker/app/sync-status.ts'
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
const value = (sync: Partial<SyncState> | null, relay: string | null = 'http://localhost:4321') =>
  syncValue({
    workspace: 'w',
    relay,
    sync: sync && { ...SETTLED, ...sync },
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

/** The part of a session that its status reads. */
const createFacts = (sync: SyncState) => {
  const changed = new Set<() => void>()
  const now = { sync, storing: false }
  const setRelay = vi.fn(async () => undefined)
  return {
    setRelay,
    now,
    session: {
      workspace: { id: 'w', relay: () => ({ origin: 'http://relay', syncedAt: null }), setRelay },
      documents: { saving: () => now.storing },
      sync: () => ({ state: () => ({ ...now.sync }) }),
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
  expect(facts.setRelay).toHaveBeenCalledWith(expect.objectContaining({ syncedAt: synced.syncedAt }))

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
