import { expect, test } from 'vitest'
import { createKeptMarks } from '../../../../worker/sync/document/kept-marks.ts'
import { marksOfNewLog } from '../../../../worker/sync/document/relay-marks.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const FOUND = { ...marksOfNewLog('the log'), cursor: { position: 8, stamp: 'eighth' } }

/** Marks on a document that is stored, or of which something is in memory only. */
const marksOf = (saving: boolean) =>
  createKeptMarks({
    store: { mark: () => FOUND, setMark: () => {}, save: async () => {}, saving: () => saving },
    relay: 'https://relay.example',
    clock: createManualClock(),
    log: () => 'the log',
    beforeSave: () => {},
    onChange: () => {},
  })

test('what a document had read before sync was turned on again is stored only where the disk took it', async () => {
  expect(marksOf(false).storedPosition()).toBe(8)
  const marks = marksOf(true)
  expect(marks.storedPosition()).toBe(0)
  await marks.save()
  expect(marks.storedPosition()).toBe(8)
})
