import { expect, onTestFinished, test } from 'vitest'
import * as Y from 'yjs'
import type { DocumentId } from '../../../protocol/ids.ts'
import type { Append, ClientMessage, Hello, Mark } from '../../../protocol/relay-messages.ts'
import { ok } from '../../../protocol/result.ts'
import type { Sealer } from '../../../worker/keys/sealer.ts'
import { type ChannelDeps, createChannel } from '../../../worker/sync/channel.ts'
import type { OutboxSlot } from '../../../worker/sync/outbox-slot.ts'
import { createManualClock, settled } from '../../support/manual-clock.ts'

const NOTE: DocumentId = 'AAAAAAAAAAAAAAAAAAAAAg'
const START: Mark = { position: 0, stamp: null }
const hello = (head: Mark): Hello => ({ type: 'hello', protocol: 1, log: 'the log', head, generation: 0 })

/** Seals by writing the number before the update. */
const createPlainSealer = (session: string): Sealer => {
  let sequence = 0
  return {
    session,
    seal: async (_document, update) => {
      sequence += 1
      const bytes = Uint8Array.of(sequence, ...update)
      return { id: `${session}.${sequence}`, bytes, hash: new Uint8Array(32).fill(sequence) }
    },
    sealSnapshot: () => Promise.reject(new Error('nothing is compacted here')),
    open: async (_document, bytes) =>
      ok({
        id: `${session}.${bytes[0]}`,
        session,
        previous: new Uint8Array(32),
        hash: new Uint8Array(32).fill(bytes[0]!),
        update: bytes.slice(1),
        heads: null,
      }),
    sealPresence: async (_document, data) => data,
    openPresence: async (_document, data) => data,
  }
}

const NO_OUTBOX: OutboxSlot = {
  put: async () => {},
  entry: () => null,
  forget: () => {},
  clear: async () => {},
  pauseFor: () => 0,
}

/** A device's disk with one document. Each `start` is a life of its worker, and ends the one before without warning. */
const setup = () => {
  const disk = { content: Y.encodeStateAsUpdate(new Y.Doc()), marks: new Map<string, unknown>() }
  let lives = 0

  const start = async () => {
    lives += 1
    const clock = createManualClock()
    const doc = new Y.Doc()
    Y.applyUpdate(doc, disk.content)
    const marks = new Map(disk.marks)
    const sent: ClientMessage[] = []
    const store: ChannelDeps['store'] = {
      doc,
      saving: () => false,
      mark: key => marks.get(key),
      setMark: (key, value) => void marks.set(key, value),
      save: async () => {
        disk.content = Y.encodeStateAsUpdate(doc)
        disk.marks = new Map(marks)
      },
    }
    const channel = createChannel({
      document: NOTE,
      relay: 'https://relay.example',
      store,
      sealer: createPlainSealer(`life${lives}`),
      clock,
      random: length => new Uint8Array(length),
      link: {
        send: message => {
          sent.push(message)
          return true
        },
        restart: () => {},
      },
      outbox: NO_OUTBOX,
      logSlackBytes: 1_000_000,
      onWant: () => {},
      isAnswered: () => false,
      onOtherHistory: () => {},
      onChange: () => {},
    })
    onTestFinished(channel.detach)
    await settled()
    return {
      clock,
      channel,
      type: (word: string) => doc.getText('text').insert(0, word),
      connected: async (head: Mark) => {
        channel.opened(hello(head))
        await settled()
      },
      /** The latest `load` is answered: the log ends here. */
      read: async (head: Mark) => {
        const request = sent.findLast(message => message.type === 'load')!.request
        channel.received({ type: 'done', document: NOTE, request, head })
        await settled()
      },
      confirmed: async (id: string, from: Mark, to: Mark) => {
        channel.received({ type: 'known', document: NOTE, envelopes: [id], from, to })
        await settled()
      },
      /** Something comes that does not follow what was read before. */
      otherHistory: async () => {
        const request = sent.findLast(message => message.type === 'load')!.request
        const from: Mark = { position: 1, stamp: 'other' }
        channel.received({ type: 'content', document: NOTE, request, from, to: from, entries: [] })
        await settled()
      },
      /** The text that all appended envelopes make. */
      appended: () => {
        const log = new Y.Doc()
        for (const { envelopes } of sent.filter((message): message is Append => message.type === 'append'))
          for (const bytes of envelopes) Y.applyUpdate(log, bytes.slice(1))
        return log.getText('text').toJSON()
      },
    }
  }
  return { start }
}

const FIRST: Mark = { position: 1, stamp: 'first' }

test('SYNC-4: what is confirmed in the middle of an audit does not make a worker that ends then forget the audit', async () => {
  const { start } = setup()
  const before = await start()
  before.type('here ')
  await before.connected(START)
  await before.read(START)
  await before.confirmed('life1.1', START, FIRST)
  expect(before.channel.unsent()).toBe(false)

  before.type('and ')
  await before.otherHistory()
  await before.clock.pass(300)
  await before.confirmed('life1.2', START, { position: 1, stamp: 'other' })
  await before.clock.pass(300)

  const after = await start()
  await after.connected({ position: 1, stamp: 'other' })
  await after.read({ position: 1, stamp: 'other' })
  expect(after.appended()).toBe('and here ')
})
