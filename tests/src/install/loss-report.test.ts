import { expect, test } from 'vitest'
import type { DocumentsLoss, StorageValue } from '../../../protocol/views.ts'
import { createDeviceMemory } from '../../../src/install/device-memory.ts'
import { lossReport } from '../../../src/install/loss-report.ts'

const HERE: StorageValue = { device: 'this one', kept: 0, renewed: null, loss: null }
const LOSS: DocumentsLoss = { gone: 2, index: false, fetching: false, lost: [], unsure: [] }

test('nothing is said on a new device, and on one that is as it was', () => {
  expect(lossReport(HERE, null, false)).toBeNull()
  expect(lossReport(HERE, { device: 'this one', notes: 9, relay: null }, false)).toBeNull()
  expect(lossReport(HERE, { device: 'another', notes: 0, relay: null }, false)).toBeNull()
})

test('another device than the page remembers means that the keys are gone', () => {
  const told = lossReport(HERE, { device: 'another', notes: 12, relay: 'https://relay.example' }, false)
  expect(told?.text).toMatch(/12 notes.*https:\/\/relay\.example is safe there.*Add a device/)
  const unsynced = lossReport(HERE, { device: 'another', notes: 1, relay: null }, false)
  expect(unsynced?.text).toMatch(/1 note here.*Sync was off/)
})

test('notes of an earlier version that were taken over are no loss', () => {
  const tell = (notes: number, synced: boolean) =>
    lossReport(
      { ...HERE, renewed: { notes, synced } },
      { device: 'this one', notes: 3, relay: 'https://relay.example' },
      false,
    )
  expect(tell(3, true)).toEqual({
    heading: 'This version keeps workspaces in a new form.',
    text: 'Your 3 notes were taken over. Sync is off now: turn it on again and invite your other devices anew.',
    titles: [],
  })
  expect(tell(1, false)?.text).toBe('Your 1 note was taken over.')
  expect(tell(0, true)?.text).toMatch(/^Sync is off now/)
})

test('of texts that are gone it is said what came back, what did not, and of what nobody can be sure', () => {
  const tell = (loss: Partial<DocumentsLoss>) =>
    lossReport({ ...HERE, loss: { ...LOSS, ...loss } }, null, true)
  expect(tell({ fetching: true })?.text).toContain('fetched from the relay')
  expect(tell({})?.text).toContain('Nothing was lost')
  expect(tell({ lost: ['Shopping', ''] })).toMatchObject({ titles: ['Shopping', 'A note without a title'] })
  expect(tell({ unsure: ['Letter'] })).toMatchObject({ titles: ['Letter'] })
})

test('what a page remembers survives in its own storage, and nonsense there is nothing', () => {
  const kept = new Map<string, string>()
  const memory = createDeviceMemory(() => ({
    getItem: key => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  }))
  expect(memory.get()).toBeNull()
  const remembered = { device: 'this one', notes: 3, relay: null }
  memory.set(remembered)
  expect(memory.get()).toEqual(remembered)
  for (const key of kept.keys()) kept.set(key, '{"device":')
  expect(memory.get()).toBeNull()
})

test('a page that may not store anything goes on without', () => {
  const memory = createDeviceMemory(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  memory.set({ device: 'this one', notes: 3, relay: null })
  expect(memory.get()).toBeNull()
})
