import { expect, test, vi } from 'vitest'
import { createSyncStatus, syncValue } from '../../../worker/app/sync-status.ts'
import type { SyncState } from '../../../worker/sync/sync.ts'
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

test('as long as nothing changed the status is the same object and tells nobody, however often it is read', async () => {
  const clock = createManualClock()
  const facts = createFacts({ ...SETTLED, waiting: 1 })
  const status = createSyncStatus(facts.session, clock)
  const told = vi.fn()
  status.subscribe(told)

  facts.change({ sync: SETTLED })
  const synced = status.get()
  expect(synced).toMatchObject({ phase: 'synced', syncedAt: clock.now() })
  await clock.pass(60_000)
  facts.change({})
  expect(status.get()).toBe(synced)
  expect(told).toHaveBeenCalledTimes(1)
  expect(facts.setRelay).toHaveBeenCalledWith(expect.objectContaining({ syncedAt: synced.syncedAt }))

  facts.change({ storing: true })
  expect(status.get()).toMatchObject({ storing: true })
  expect(told).toHaveBeenCalledTimes(2)
})
