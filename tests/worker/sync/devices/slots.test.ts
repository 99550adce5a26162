import { expect, test } from 'vitest'
import { decodeSlotContent, encodeSlotContent, type SlotContent } from '../../../../protocol/slot.ts'
import type { SlotSealer } from '../../../../worker/keys/slot-sealer.ts'
import type { StoredRelayMemory } from '../../../../worker/storage/stored-progress.ts'
import { createSlots } from '../../../../worker/sync/devices/slots.ts'
import { createManualClock, settled } from '../../../support/manual-clock.ts'

const OPEN: SlotSealer = {
  seal: async content => encodeSlotContent(content),
  open: async (_device, bytes) => decodeSlotContent(bytes),
}

const setup = (before: Partial<StoredRelayMemory> = {}) => {
  const clock = createManualClock()
  const sent: SlotContent[] = []
  const bad: string[] = []
  let memory: StoredRelayMemory = { own: null, others: {}, reachedAt: null, ...before }
  const world = { stored: null as number | null, connected: true, alone: false, probes: 0 }
  const slots = createSlots({
    sealer: OPEN,
    clock,
    send: data => {
      const content = decodeSlotContent(data)
      if (world.connected && content.ok) sent.push(content.value)
      return world.connected
    },
    stored: () => world.stored,
    probe: () => {
      world.probes += 1
    },
    hasOthers: () => !world.alone,
    isMember: () => true,
    memory: {
      get: () => memory,
      update: change => {
        memory = { ...memory, ...change }
      },
    },
    onBad: (_device, code) => bad.push(code),
  })
  const told = (): [string, number][] => sent.map(({ log, stored }) => [log, stored])
  const hear = async (device: string, content: Partial<SlotContent>) => {
    const whole = { log: 'L', stored: 0, at: 0, wants: [], haves: [], ...content }
    await slots.received({ type: 'slots', slots: [{ device, data: encodeSlotContent(whole) }] })
  }
  return { clock, slots, world, sent, told, hear, bad, memory: () => memory }
}

test('it is told when it is known, when it changed, and anew on each connection', async () => {
  const { clock, slots, world, told } = setup()
  slots.opened('L', 50)
  await clock.pass(5_000)
  expect(told()).toEqual([])
  world.stored = 50
  slots.changed()
  await clock.pass(5_000)
  slots.changed()
  await clock.pass(5_000)
  expect(told()).toEqual([['L', 50]])
  slots.closed()
  slots.opened('L', 50)
  await clock.pass(5_000)
  expect(told()).toEqual([
    ['L', 50],
    ['L', 50],
  ])
})

test('however much happens, it is told every ten seconds at most, and a second after it is quiet', async () => {
  const { clock, slots, world, told } = setup()
  slots.opened('L', 50)
  for (let stored = 1; stored <= 300; stored += 1) {
    world.stored = stored
    slots.changed()
    await clock.pass(100)
  }
  expect(told().length).toBeGreaterThanOrEqual(3)
  expect(told().length).toBeLessThanOrEqual(4)
  await clock.pass(1_000)
  expect(told().at(-1)).toEqual(['L', 300])
})

test('what others wait for is not put off by what changes meanwhile', async () => {
  const { clock, slots, world, sent } = setup()
  world.stored = 1
  slots.opened('L', 50)
  await clock.pass(5_000)
  slots.setWants([{ document: 'AAAAAAAAAAAAAAAAAAAAAA', want: 'w' }])
  for (let stored = 1; stored <= 25; stored += 1) {
    world.stored = stored
    slots.changed()
    await clock.pass(100)
  }
  expect(sent.at(-1)?.wants).toEqual([{ document: 'AAAAAAAAAAAAAAAAAAAAAA', want: 'w' }])
})

test('what was stored stays stored, while a document is in use and over a restart', async () => {
  const { clock, slots, world, told } = setup({ own: { log: 'L', stored: 40, at: 1 } })
  world.stored = 20
  slots.opened('L', 50)
  await clock.pass(5_000)
  expect(told()).toEqual([['L', 40]])
})

test('of another log, of a log that was put back, and of one that grew differently nothing is kept', async () => {
  for (const begin of [
    (slots: ReturnType<typeof setup>['slots']) => slots.opened('M', 90),
    (slots: ReturnType<typeof setup>['slots']) => slots.opened('L', 30),
    (slots: ReturnType<typeof setup>['slots']) => {
      slots.opened('L', 90)
      slots.otherHistory()
    },
  ]) {
    const { clock, slots, world, sent } = setup({ own: { log: 'L', stored: 40, at: 1 } })
    world.stored = 20
    begin(slots)
    await clock.pass(5_000)
    expect(sent.map(({ stored }) => stored)).toEqual([20])
  }
})

test('a relay that hands out an older slot again is not believed; a claim beyond its log is not either', async () => {
  const { slots, hear } = setup()
  slots.opened('L', 50)
  await hear('ben', { stored: 50, at: 2 })
  await hear('ben', { stored: 90, at: 1 })
  expect(slots.others().get('ben')).toMatchObject({ stored: 50 })
  slots.closed()
  slots.opened('L', 45)
  expect(slots.others().get('ben')).toMatchObject({ stored: 0 })
  await hear('ben', { stored: 44, at: 3 })
  expect(slots.others().get('ben')).toMatchObject({ stored: 44 })
})

test('what others claimed counts on a new connection once the relay hands it out again', async () => {
  const { slots, hear } = setup()
  slots.opened('L', 50)
  await hear('ann', { stored: 50, at: 2 })
  await hear('ben', { stored: 50, at: 2 })
  slots.closed()
  expect(slots.others().get('ann')).toMatchObject({ stored: 50 })
  // It was put back to before Ben's claim, and has grown beyond it since.
  slots.opened('L', 60)
  await hear('ann', { stored: 50, at: 2 })
  await hear('ben', { stored: 30, at: 1 })
  expect([...slots.others()].map(([device, { stored }]) => [device, stored])).toEqual([
    ['ann', 50],
    ['ben', 0],
  ])
})

test('its own slots are in order even where the clock goes back', async () => {
  const { clock, slots, world, sent } = setup({ own: { log: 'L', stored: 1, at: 9e15 - 10 } })
  world.stored = 2
  slots.opened('L', 5)
  await clock.pass(5_000)
  expect(sent[0]!.at).toBe(9e15 - 9)
})

test('wants and haves travel, and whoever listens hears of those of others', async () => {
  const { clock, slots, world, sent, hear, memory } = setup()
  const wants = [{ document: 'AAAAAAAAAAAAAAAAAAAAAA', want: 'w' }]
  world.stored = 1
  slots.opened('L', 5)
  slots.setWants(wants)
  slots.setHaves(['h'])
  await clock.pass(5_000)
  expect(sent).toMatchObject([{ wants, haves: ['h'] }])
  let heard = 0
  slots.onOthers(() => {
    heard += 1
  })
  await hear('ben', { wants, at: 7 })
  expect(heard).toBe(1)
  expect(memory().others).toMatchObject({ ben: { wants, at: 7 } })
})

test('who is alone tells nothing and asks nothing', async () => {
  const { clock, slots, world, told } = setup()
  world.alone = true
  world.stored = 3
  slots.opened('L', 5)
  await clock.pass(5_000)
  expect([told(), world.probes, clock.waiting()]).toEqual([[], 0, 0])
})

test('a slot that cannot be read is reported, and the others count', async () => {
  const { slots, bad } = setup()
  const good = encodeSlotContent({ log: 'L', stored: 1, at: 1, wants: [], haves: [] })
  await slots.received({
    type: 'slots',
    slots: [
      { device: 'eve', data: new Uint8Array([1, 2]) },
      { device: 'ben', data: good },
    ],
  })
  await settled()
  expect([bad, [...slots.others().keys()]]).toEqual([['slot-malformed'], ['ben']])
})

test('once a log turns out to be put back, what others said of its places counts no more until they say it anew', async () => {
  for (const notice of [
    (slots: ReturnType<typeof setup>['slots']) => {
      slots.opened('L', 60)
      slots.otherHistory()
    },
    // Ann's claim lies beyond its end: so Ben's, which does not, may be of entries that are no more.
    (slots: ReturnType<typeof setup>['slots']) => slots.opened('L', 45),
  ]) {
    const { slots, hear } = setup()
    slots.opened('L', 50)
    await hear('ann', { stored: 50, at: 2 })
    await hear('ben', { stored: 40, at: 2 })
    slots.closed()
    notice(slots)
    await hear('ben', { stored: 40, at: 1 })
    expect([...slots.others().values()].map(({ stored }) => stored)).toEqual([0, 0])
    await hear('ben', { stored: 42, at: 3 })
    expect(slots.others().get('ben')).toMatchObject({ stored: 42 })
  }
})
