import 'fake-indexeddb/auto'
import { expect, test, vi } from 'vitest'
import { createSeveralRelays, hasHeard, isEverywhere, write } from '../../support/several-relays.ts'

const BOTH = [0, 1]

/** Ana and Ben, at two relays both, with nothing under way. */
const setup = async (...at: readonly (readonly number[])[]) => {
  const rig = await createSeveralRelays(2, at.length > 0 ? at : [BOTH, BOTH])
  for (const life of rig.lives) await isEverywhere(life)
  const [ana, ben, cleo] = rig.lives
  return { ...rig, ana: ana!, ben: ben!, cleo: cleo! }
}

test('SYNC-10: a change goes to all relays, once, and comes from any', async () => {
  const { relays, ana, ben, note } = await setup()
  const before = relays.map(relay => relay.entries())
  await write(ana, 'Kelp', note)
  await hasHeard(ben, 'Kelp', note)
  await isEverywhere(ana)
  await isEverywhere(ben)
  expect(relays.map(relay => relay.entries())).toEqual(before.map(count => count + 1))
})

test('a document that is opened again on the same connection is read on, not from its start', async () => {
  const { ana, ben, note } = await setup()
  for (const words of ['one ', 'two ', 'three ']) {
    await write(ana, words, note)
    await hasHeard(ben, words, note)
    await isEverywhere(ben)
  }
  for (const { report } of ben.relays.report().relays)
    expect([report.lostAt, report.lacked]).toEqual([null, null])
})

test('a relay that is down costs nothing, and is made good when it is back', async () => {
  const { relays, ana, ben, note } = await setup()
  await relays[1]!.crash()
  await write(ana, 'Kelp', note)
  await hasHeard(ben, 'Kelp', note)
  await vi.waitFor(() =>
    expect(ana.relays.state()).toMatchObject({ waiting: 0, link: { phase: 'open' }, caughtUp: true }),
  )
  expect(ana.relays.state().relays[1]!.state.waiting, 'it says so of the one that is down').toBe(1)
  await relays[1]!.start()
  await isEverywhere(ana)
  await isEverywhere(ben)
  await relays[0]!.crash()
  await write(ben, 'Dulse ', note)
  await hasHeard(ana, 'Dulse Kelp', note)
})

test('SYNC-10: what comes by one relay is handed on to the other by whoever has both', async () => {
  const { ana, cleo, note } = await setup([0], BOTH, [1])
  await write(ana, 'Kelp', note)
  await hasHeard(cleo, 'Kelp', note)
  await write(cleo, 'Dulse ', note)
  await hasHeard(ana, 'Dulse Kelp', note)
})

test('SYNC-10: a relay that withholds costs nothing beside one that does not', async () => {
  const { relays, ana, ben, note, moveTo } = await setup()
  relays[1]!.withhold(true)
  const read = await ben.open(note)
  await isEverywhere(ben)
  await write(ana, 'Kelp', note)
  await hasHeard(ben, 'Kelp', note)
  await write(ben, 'Dulse ', note)
  await hasHeard(ana, 'Dulse Kelp', note)
  await isEverywhere(ana)
  await isEverywhere(ben)
  const [honest, hostile] = ben.relays.report().relays.map(({ report }) => report.lacked)
  expect([honest, hostile], 'and it is seen which of them does').toEqual([
    null,
    { changes: expect.any(Number), at: expect.any(Number) },
  ])
  read.release()
  relays[1]!.withhold(false)
  await relays[0]!.crash()
  const alone = await moveTo(0, [1])
  await hasHeard(alone, 'Dulse Kelp', note)
})

test('SYNC-10: what a relay lost that was rolled back comes to it again, from devices that have it from another', async () => {
  const { relays, ana, ben, note, moveTo } = await setup(BOTH, BOTH, [0])
  relays[1]!.remember()
  await write(ana, 'Kelp', note)
  await hasHeard(ben, 'Kelp', note)
  await isEverywhere(ana)
  await isEverywhere(ben)
  const before = relays[1]!.entries()
  await relays[1]!.rollBack()
  expect(relays[1]!.entries()).toBeLessThan(before)
  await vi.waitFor(() => expect(relays[1]!.entries()).toBeGreaterThanOrEqual(before), 5_000)
  await vi.waitFor(() => {
    const [kept, lost] = ben.relays.report().relays.map(({ report }) => report.lostAt)
    expect([kept, lost], 'and it is seen which of them did').toEqual([null, expect.any(Number)])
  })
  await relays[0]!.crash()
  await write(ben, 'Dulse ', note)
  const moved = await moveTo(2, [1])
  await hasHeard(moved!, 'Dulse Kelp', note)
})
