import { expect, test } from 'vitest'
import { syncValue } from '../../../worker/app/sync-status.ts'
import type { SyncState } from '../../../worker/sync/sync.ts'

const SETTLED: SyncState = {
  link: { phase: 'open' },
  reached: true,
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
