import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { encodeStatements } from '../../protocol/relay-bodies.ts'
import type { Content, Known, Mark, RelayMessage } from '../../protocol/relay-messages.ts'
import type { LogStore } from '../../server/log/log-store.ts'
import { systemClock } from '../../server/platform/clock.ts'
import { aCore, enter } from './support/in-process.ts'
import { createGroup, randomDocument } from './support/member.ts'

// Many runs of one property, on machines that may be busy.
vi.setConfig({ testTimeout: 60_000 })

/** Lets the event loop turn a number of times, so that reading and committing meet in many ways. */
const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n += 1) await new Promise(resolve => setImmediate(resolve))
}

/** A store that takes its time to tell what it did, and reads in small pages: others see a commit before its maker. */
const slowStore =
  (pause: number, pageSize: number, commitPause: number) =>
  (store: LogStore): LogStore => ({
    ...store,
    append: async request => {
      const appended = await store.append(request)
      await turns(commitPause)
      return appended
    },
    read: async (workspace, query) => {
      const page = await store.read(workspace, { ...query, maxEntries: pageSize })
      await turns(pause)
      return page
    },
  })

/** Follows a document as a device does, and checks that every message begins where the last one ended. */
const follow = (received: readonly RelayMessage[], document: string, request: number) => {
  let at: Mark | null = null
  const positions: number[] = []
  for (const message of received) {
    if (message.type !== 'content' && message.type !== 'known') continue
    if (message.document !== document) continue
    if (message.type === 'content' && message.request !== request) continue
    if (at === null && message.type === 'known') continue // before the load was answered
    if (at !== null) expect(message.from).toEqual(at)
    expect(message.to.position).toBeGreaterThanOrEqual(message.from.position)
    at = message.to
    if (message.type === 'content') positions.push(...message.entries.map(entry => entry.position))
  }
  return { positions, at }
}

describe('history and live', () => {
  /** Making keys takes longer than the rest, so that all runs share them; each has a relay of its own. */
  const aGroup = createGroup()

  test('RLY-5, RLY-7: under concurrent appends no entry is missed, doubled or out of order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          before: fc.integer({ min: 0, max: 3 }),
          appends: fc.array(fc.record({ own: fc.boolean(), pause: fc.integer({ min: 0, max: 12 }) }), {
            maxLength: 12,
          }),
          loadAt: fc.integer({ min: 0, max: 6 }),
          readPause: fc.integer({ min: 0, max: 40 }),
          commitPause: fc.integer({ min: 0, max: 30 }),
          pageSize: fc.integer({ min: 1, max: 4 }),
        }),
        async ({ before, appends, loadAt, readPause, commitPause, pageSize }) => {
          // What the reader appends before it loads comes to it as history, like all else.
          const during = appends.map(({ own, pause }, index) => ({ own: own && index >= loadAt, pause }))
          const core = aCore({ wrap: slowStore(readPause, pageSize, commitPause) })
          const group = await aGroup
          await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
          const [reader, writer] = [await enter(core, group), await enter(core, group)]
          const document = randomDocument()
          const seal = async () => [(await group.owner.seal(document)).bytes]
          for (let n = 0; n < before; n += 1) {
            await writer.send({ type: 'append', document, envelopes: await seal() })
          }
          const sealed = await Promise.all(during.map(seal))
          const sent: Promise<void>[] = []
          for (const [index, { own, pause }] of during.entries()) {
            if (index === loadAt) sent.push(reader.send({ type: 'load', document, after: 0, request: 1 }))
            sent.push((own ? reader : writer).send({ type: 'append', document, envelopes: sealed[index]! }))
            await turns(pause)
          }
          if (loadAt >= during.length)
            sent.push(reader.send({ type: 'load', document, after: 0, request: 1 }))
          await Promise.all(sent)
          await reader.got('done')
          const own = during.filter(append => append.own).length
          await reader.got('known', own)
          const { positions, at } = follow(reader.received, document, 1)
          expect(at?.position).toBe(before + during.length)
          // What did not come as content is the reader's own, confirmed in its place.
          const knowns = reader.received.filter((message): message is Known => message.type === 'known')
          const confirmed = knowns.flatMap(({ from, to }) =>
            Array.from({ length: to.position - from.position }, (_, n) => from.position + n + 1),
          )
          const all = [...positions, ...confirmed].sort((a, b) => a - b)
          expect(all).toEqual(Array.from({ length: before + during.length }, (_, n) => n + 1))
          expect(positions).toEqual([...positions].sort((a, b) => a - b))
          expect(knowns.flatMap(known => known.envelopes)).toHaveLength(own)
          await core.relay.close()
        },
      ),
      { numRuns: 250 },
    )
  })

  const aDocumentWith = async (entries: number, change: Parameters<typeof aCore>[0] = {}) => {
    const core = aCore(change)
    const group = await createGroup()
    await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
    const writer = await enter(core, group)
    const document = randomDocument()
    const append = async (bytes = 40) => {
      const { bytes: envelope } = await group.owner.seal(document, { bytes })
      await writer.send({ type: 'append', document, envelopes: [envelope] })
    }
    for (let n = 0; n < entries; n += 1) await append()
    return { core, group, document, append, writer, reader: await enter(core, group) }
  }

  test('RLY-5: a load from the middle brings what comes after it, with the stamp of that place', async () => {
    const { document, reader, writer } = await aDocumentWith(5)
    const third = (writer.received.filter(message => message.type === 'known')[2] as Known).to
    await reader.send({ type: 'load', document, after: 3, request: 1 })
    const [content] = (await reader.got('content')) as Content[]
    expect(content!.from).toEqual(third)
    expect(content!.entries.map(entry => entry.position)).toEqual([4, 5])
  })

  test('RLY-5: a load from the end is answered with an empty content that bears the stamp', async () => {
    const { document, reader, writer } = await aDocumentWith(2)
    const { to } = writer.received.findLast(message => message.type === 'known') as Known
    await reader.send({ type: 'load', document, after: 2, request: 1 })
    const [done] = await reader.got('done')
    expect(reader.received.at(-2)).toMatchObject({ type: 'content', from: to, to, entries: [] })
    expect(done).toMatchObject({ head: to })
  })

  test('RLY-22: a load from beyond the end shows that the log is shorter, and then what is new', async () => {
    const { document, reader, append } = await aDocumentWith(2)
    await reader.send({ type: 'load', document, after: 9, request: 1 })
    await reader.got('done')
    expect(reader.received.at(-2)).toMatchObject({ from: { position: 9, stamp: null }, entries: [] })
    expect(reader.received.at(-1)).toMatchObject({ head: { position: 2 } })
    await append()
    expect((await reader.got('content', 2))[1]).toMatchObject({ from: { position: 2 }, to: { position: 3 } })
  })

  test('RLY-8: a second load replaces the first; a leave ends it', async () => {
    const { document, reader, append } = await aDocumentWith(1)
    await reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.got('done')
    await reader.send({ type: 'load', document, after: 0, request: 2 })
    await reader.got('done', 2)
    await append()
    const contents = (await reader.got('content', 3)) as Content[]
    expect(contents.map(content => content.request)).toEqual([1, 2, 2])
    await reader.send({ type: 'leave', document })
    await append()
    await reader.send({ type: 'ping' })
    await reader.got('pong')
    expect(reader.received.filter(message => message.type === 'content')).toHaveLength(3)
  })

  test('RLY-15: history is read on only as the client reads', async () => {
    let reads = 0
    const counting = (store: LogStore): LogStore => ({
      ...store,
      read: (workspace, query) => {
        reads += 1
        return store.read(workspace, query)
      },
    })
    const { document, reader, append } = await aDocumentWith(0, { wrap: counting })
    for (let n = 0; n < 3; n += 1) await append(600_000) // each fills a page
    reader.unread = 2_000_000
    await reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.got('content')
    await turns(20)
    expect([reads, reader.received.filter(message => message.type === 'content').length]).toEqual([1, 1])
    reader.unread = 0
    reader.session.drained()
    await reader.got('done')
    expect(reader.received.filter(message => message.type === 'content')).toHaveLength(3)
  })

  test('RLY-9: a watcher is told of every document that it did not load, first of the old ones, then live', async () => {
    const { document, reader, append, group, writer } = await aDocumentWith(3)
    await reader.send({ type: 'watch', after: 0 })
    const [history] = await reader.got('changed')
    expect(history).toMatchObject({
      documents: [{ document, head: 3 }],
      from: { position: 0, stamp: null },
      to: { position: 3 },
    })
    await append()
    const [, live] = await reader.got('changed', 2)
    expect(live).toMatchObject({
      documents: [{ document, head: 4 }],
      from: { position: 3 },
      to: { position: 4 },
    })
    await reader.send({ type: 'load', document, after: 4, request: 1 })
    await reader.got('done')
    const other = randomDocument()
    await append()
    await writer.send({ type: 'append', document: other, envelopes: [(await group.owner.seal(other)).bytes] })
    const [, , third] = await reader.got('changed', 3)
    expect(third).toMatchObject({ documents: [{ document: other, head: 6 }] })
  })

  test('RLY-6: a failed commit is refused to its sender, confirmed to nobody, and the next one succeeds', async () => {
    const { core, document, reader, writer, append } = await aDocumentWith(1)
    await reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.got('done')
    core.disk.full = true
    await append()
    const refused = writer.received.at(-1)
    expect(refused).toMatchObject({ type: 'refused', code: 'internal', document })
    expect(core.failures).toEqual(['append'])
    core.disk.full = false
    await append()
    const [, live] = (await reader.got('content', 2)) as Content[]
    expect(live!.entries.map(entry => entry.position)).toEqual([2])
  })

  test('RLY-17: presence reaches the others who loaded the document, and nobody else', async () => {
    const { core, group, document, reader, writer } = await aDocumentWith(0)
    const bystander = await enter(core, group, group.owner)
    for (const client of [reader, writer]) {
      await client.send({ type: 'load', document, after: 0, request: 1 })
      await client.got('done')
    }
    const data = new Uint8Array([1, 2, 3])
    await writer.send({ type: 'ephemeral', document, data })
    expect(await reader.got('ephemeral')).toEqual([{ type: 'ephemeral', document, data }])
    for (const client of [writer, bystander])
      expect(client.received.some(message => message.type === 'ephemeral')).toBe(false)
  })

  test('RLY-17: presence that comes too often is dropped without a word, and comes again when there is room', async () => {
    let now = Date.now()
    const clock = { ...systemClock, now: () => now }
    const { document, reader, writer } = await aDocumentWith(0, { clock })
    await reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.got('done')
    const moveCursor = async (times: number) => {
      for (let n = 0; n < times; n += 1)
        await writer.send({ type: 'ephemeral', document, data: new Uint8Array(1) })
    }
    const shown = () => reader.received.filter(message => message.type === 'ephemeral').length
    await moveCursor(300)
    expect(shown()).toBe(200)
    now += 1000
    await moveCursor(100)
    expect(shown()).toBe(250)
    await writer.send({ type: 'ping' })
    await writer.got('pong')
    expect(writer.received.map(message => message.type)).toEqual(['hello', 'slots', 'pong'])
  })

  test('what a device sent before it went away is still stored and handed on', async () => {
    const { document, group, reader, writer } = await aDocumentWith(0)
    await reader.send({ type: 'load', document, after: 0, request: 1 })
    await reader.got('done')
    const sent = writer.send({
      type: 'append',
      document,
      envelopes: [(await group.owner.seal(document)).bytes],
    })
    writer.session.ended()
    await sent
    expect((await reader.got('content', 2))[1]).toMatchObject({ to: { position: 1 } })
  })

  test('RLY-10: a member forwards what another member sealed', async () => {
    const { core, group, document, writer } = await aDocumentWith(0)
    const friend = await group.add('editor')
    const { id, bytes } = await friend.seal(document)
    await writer.send({ type: 'append', document, envelopes: [bytes] })
    expect(writer.received.at(-1)).toMatchObject({ code: 'not-a-member', envelopes: [id] })
    await core.relay.access.write(group.workspace, encodeStatements(group.statements), null)
    await writer.send({ type: 'append', document, envelopes: [bytes] })
    expect(writer.received.at(-1)).toMatchObject({ type: 'known', envelopes: [id] })
  })
})
