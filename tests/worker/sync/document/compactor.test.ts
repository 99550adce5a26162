import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import type { DocumentId } from '../../../../protocol/ids.ts'
import type { Sealer } from '../../../../worker/keys/sealer.ts'
import { type Compactor, createCompactor } from '../../../../worker/sync/document/compactor.ts'
import { marksOfNewLog, type RelayMarks } from '../../../../worker/sync/document/relay-marks.ts'
import { createManualClock } from '../../../support/manual-clock.ts'

const NOTE: DocumentId = 'AAAAAAAAAAAAAAAAAAAAAg'

const setup = (bytes = 10_000) => {
  const clock = createManualClock()
  let marks: RelayMarks = { ...marksOfNewLog('log'), weight: { entries: 50, bytes, snapshot: 0 } }
  const facts = { ready: true, drained: true }
  const beginAudit = vi.fn(() => compactor.reset())
  let snapshots = 0
  const sealSnapshot = async () => {
    snapshots += 1
    return { id: `snapshot ${snapshots}`, fingerprint: new Uint8Array(32), bytes: new Uint8Array(400) }
  }
  const compactor: Compactor = createCompactor({
    document: NOTE,
    slackBytes: 1_000,
    clock,
    random: length => new Uint8Array(length),
    sealer: { sealSnapshot } as Partial<Sealer> as Sealer,
    send: () => {},
    marks: () => marks,
    setWeight: weight => {
      marks = { ...marks, weight }
    },
    ready: () => facts.ready,
    drained: () => facts.drained,
    onDraining: () => {},
    beginAudit,
  })
  return { clock, facts, compactor, beginAudit, weight: () => marks.weight }
}

test('a heavy log is read again after a while, once', async () => {
  const { clock, compactor, beginAudit } = setup()
  compactor.look()
  compactor.look()
  expect(beginAudit).not.toHaveBeenCalled()
  await clock.pass(5_000)
  expect(beginAudit).toHaveBeenCalledTimes(1)
})

test('a light log is left alone, and so is one that is not read to its end by then', async () => {
  const light = setup(900)
  light.compactor.look()
  const busy = setup()
  busy.compactor.look()
  busy.facts.ready = false
  for (const { clock, beginAudit } of [light, busy]) {
    await clock.pass(60_000)
    expect(beginAudit).not.toHaveBeenCalled()
  }
})

test('what is on its way is waited for, but not for ever: what is typed must not wait for a relay that is silent', async () => {
  const { clock, facts, compactor, beginAudit } = setup()
  facts.drained = false
  compactor.look()
  await clock.pass(1_500)
  expect([compactor.draining(), beginAudit.mock.calls.length]).toEqual([true, 0])
  facts.drained = true
  compactor.look()
  expect([compactor.draining(), beginAudit.mock.calls.length]).toEqual([false, 1])

  facts.drained = false
  compactor.look()
  await clock.pass(10_000)
  expect(beginAudit).toHaveBeenCalledTimes(2)
})

const AUDIT = { log: new Y.Doc(), read: [1, 2, 3] }
const NO_FINGERPRINT = new Uint8Array(32)

test('a snapshot that is confirmed after the log was read anew makes the log as small as it is', async () => {
  const { compactor, weight } = setup()
  await compactor.finished(AUDIT, NO_FINGERPRINT)
  compactor.reset() // another device asked for an audit, which read the log before it was replaced
  await compactor.finished(AUDIT, NO_FINGERPRINT)
  compactor.confirmed(['snapshot 1'], false)
  expect(weight()).toEqual({ entries: 1, bytes: 400, snapshot: 400 })
  expect(compactor.refused(['snapshot 2'])).toBe(true)
  expect(weight()).toEqual({ entries: 1, bytes: 400, snapshot: 400 })
})
