import { describe, expect, test, vi } from 'vitest'
import { CONTENT_CHUNK_BYTES, MAX_SLOT_BYTES } from '../../protocol/limits.ts'
import { encodeStatements } from '../../protocol/relay-bodies.ts'
import type { Slots } from '../../protocol/relay-messages.ts'
import { DEFAULT_LIMITS } from '../../server/relay/limits.ts'
import { sendSlots } from '../../server/relay/slots.ts'
import { aCore, type CoreClient, enter } from './support/in-process.ts'
import { createGroup, removeAct } from './support/member.ts'
import { aGroupAt, aMemberAt, aRelay, join } from './support/setup.ts'

// Processes are started, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

const data = (words: string): Uint8Array => new TextEncoder().encode(words)

/** A workspace of two devices on a relay without sockets. */
const setup = async (change: Parameters<typeof aCore>[0] = {}) => {
  const core = aCore(change)
  const group = await createGroup()
  const other = await group.add('editor')
  await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
  const told = async (client: CoreClient, count = 1) =>
    ((await client.got('slots', count)) as Slots[]).map(({ slots }) => slots)
  return { core, group, other, told }
}

describe('slots', () => {
  test('RLY-24: right after the greeting comes what the others left, and later each change', async () => {
    const { core, group, other, told } = await setup()
    const mine = await enter(core, group)
    expect(mine.received.map(({ type }) => type)).toEqual(['hello', 'slots'])
    expect(await told(mine)).toEqual([[]])
    await mine.send({ type: 'slot', data: data('1') })
    const theirs = await enter(core, group, other)
    expect(await told(theirs)).toEqual([[{ device: group.owner.id, data: data('1') }]])
    await mine.send({ type: 'slot', data: data('2') })
    expect((await told(theirs, 2))[1]).toEqual([{ device: group.owner.id, data: data('2') }])
    const again = await enter(core, group)
    expect(await told(again)).toEqual([[]])
    expect(await told(mine)).toHaveLength(1)
  })

  test('RLY-24: they are there after a restart of the relay', async () => {
    const relay = await aRelay()
    const group = await aGroupAt(relay)
    const other = await aMemberAt(relay, group, 'editor')
    const witness = await join(relay, group, other)
    const mine = await join(relay, group)
    mine.send({ type: 'slot', data: data('kept') })
    const kept = [{ device: group.owner.id, data: data('kept') }]
    expect((await witness.next('slots', ({ slots }) => slots.length > 0)).slots).toEqual(kept)
    await relay.kill()
    const next = await aRelay({ dataDir: relay.dataDir })
    const theirs = await join(next, group, other)
    expect((await theirs.next('slots')).slots).toEqual(kept)
  })

  test('RLY-24: with its membership a device loses its slot', async () => {
    const { core, group, other, told } = await setup()
    const theirs = await enter(core, group, other)
    await theirs.send({ type: 'slot', data: data('1') })
    await group.say(removeAct([other.id]))
    await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
    expect(await told(await enter(core, group))).toEqual([[]])
    expect(core.disk.logs.get(group.workspace)!.slots.size).toBe(0)
  })

  test('RLY-11: it needs the scope to read, so that readers can say how far they are', async () => {
    const { core, group, told } = await setup()
    const reader = await group.add('reader')
    await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
    const [theirs, mine] = [await enter(core, group, reader), await enter(core, group)]
    await theirs.send({ type: 'slot', data: data('1') })
    expect((await told(mine, 2))[1]).toEqual([{ device: reader.id, data: data('1') }])
  })

  test('RLY-16: one that is too large, or has no room, is refused and the older one stays', async () => {
    const { core, group, other, told } = await setup({ limits: { ...DEFAULT_LIMITS, workspaceBytes: 8 } })
    const mine = await enter(core, group)
    await mine.send({ type: 'slot', data: data('12345678') })
    await mine.send({ type: 'slot', data: data('123456789') })
    await mine.send({ type: 'slot', data: new Uint8Array(MAX_SLOT_BYTES + 1) })
    const refused = await mine.got('refused', 2)
    expect(refused).toMatchObject([{ code: 'quota-bytes', document: null }, { code: 'malformed' }])
    expect(await told(await enter(core, group, other))).toEqual([
      [{ device: group.owner.id, data: data('12345678') }],
    ])
  })

  test('RLY-24: what comes too often is dropped', async () => {
    const frozen = { now: () => Date.now(), after: () => () => {} }
    const now = frozen.now()
    const { core, group, other, told } = await setup({ clock: { ...frozen, now: () => now } })
    const mine = await enter(core, group)
    for (let n = 1; n <= 40; n += 1) await mine.send({ type: 'slot', data: data(`${n}`) })
    expect(await told(await enter(core, group, other))).toEqual([
      [{ device: group.owner.id, data: data('20') }],
    ])
    expect(mine.received.map(({ type }) => type)).toEqual(['hello', 'slots'])
  })

  test('RLY-24: a slot that could not be stored is told to nobody', async () => {
    const { core, group, other, told } = await setup()
    const [mine, theirs] = [await enter(core, group), await enter(core, group, other)]
    core.disk.full = true
    await mine.send({ type: 'slot', data: data('lost') })
    expect(await mine.got('refused')).toMatchObject([{ code: 'internal', document: null }])
    core.disk.full = false
    await mine.send({ type: 'slot', data: data('kept') })
    expect((await told(theirs, 2))[1]).toEqual([{ device: group.owner.id, data: data('kept') }])
    expect(core.failures).toEqual(['slot'])
  })

  test('many of them come in messages of a limited size', () => {
    const slot = (n: number) => ({ device: `${n}`, data: new Uint8Array(MAX_SLOT_BYTES) })
    const slots = Array.from({ length: 100 }, (_, n) => slot(n))
    const sent: Slots[] = []
    sendSlots(slots, { send: message => void sent.push(message as Slots) })
    expect(sent.flatMap(message => message.slots)).toEqual(slots)
    for (const message of sent)
      expect(message.slots.length * MAX_SLOT_BYTES).toBeLessThanOrEqual(CONTENT_CHUNK_BYTES)
  })
})
