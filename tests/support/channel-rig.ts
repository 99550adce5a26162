import { onTestFinished } from 'vitest'
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { FINGERPRINT_BYTES } from '../../protocol/envelope.ts'
import type { DocumentId, EnvelopeId } from '../../protocol/ids.ts'
import type { Append, ClientMessage, Mark, Replace } from '../../protocol/relay-messages.ts'
import { fail, ok } from '../../protocol/result.ts'
import type { Others } from '../../worker/documents/attachments.ts'
import type { Sealer } from '../../worker/keys/sealer.ts'
import { type ChannelDeps, createChannel } from '../../worker/sync/document/channel.ts'
import type { OutboxSlot } from '../../worker/sync/document/outbox-slot.ts'
import { createManualClock, settled } from './manual-clock.ts'

const NOTE: DocumentId = 'AAAAAAAAAAAAAAAAAAAAAg'
const LOG = 'the log'
export const START: Mark = { position: 0, stamp: null }
export const at = (position: number, stamp = `stamp ${position}`): Mark => ({ position, stamp })

/** What this device has not been told the keys of. */
export const KEYS_UNKNOWN = Uint8Array.of(255)

/** The number of an envelope that not every member has the keys of. */
export const KEYS_OF_SOME = 254

/** Seals by writing the number before the update: one byte that tells the envelope, then what it holds. */
const createPlainSealer = (session: string, sealing: () => Promise<void>): Sealer => {
  let sequence = 0
  const hashOf = (number: number): Uint8Array => new Uint8Array(FINGERPRINT_BYTES).fill(number)
  return {
    session,
    seal: async (_document, update) => {
      await sealing()
      sequence += 1
      const bytes = Uint8Array.of(sequence, ...update)
      return { id: `${session}.${sequence}`, bytes, fingerprint: hashOf(sequence) }
    },
    sealSnapshot: async (_document, update) => {
      sequence += 1
      const bytes = Uint8Array.of(sequence, ...update)
      return { id: `${session}.${sequence}`, bytes, fingerprint: hashOf(sequence) }
    },
    open: async (_document, bytes) => {
      const number = bytes[0]!
      if (number === 0) return fail('envelope-sealed', 'It cannot be opened.')
      if (number === KEYS_UNKNOWN[0]) return fail('envelope-keys', 'Its keys are not known.')
      const previous = new Uint8Array(FINGERPRINT_BYTES)
      const update = bytes.slice(1)
      const other = 'another session'
      return ok({
        id: `${other}.${number}`,
        session: other,
        previous,
        fingerprint: hashOf(number),
        update,
        heads: null,
        isForAll: number !== KEYS_OF_SOME,
      })
    },
    sealPresence: async (_document, data) => data,
    openPresence: async (_document, data) => data,
  }
}

/** What another device's envelope holds that inserted this text, as the sealer above opens it. */
export const envelopeOf = (number: number, text: string): Uint8Array => chainOf(number, text)[0]!

/** Envelopes of another device, the first with this number; each inserts a text behind the one before. */
export const chainOf = (number: number, ...texts: readonly string[]): Uint8Array[] => {
  const doc = new Y.Doc()
  return texts.map((text, index) => {
    const before = Y.encodeStateVector(doc)
    doc.getText('text').insert(doc.getText('text').length, text)
    return Uint8Array.of(number + index, ...Y.encodeStateAsUpdate(doc, before))
  })
}

/** What whoever gets all of these envelopes has. */
const textOf = (envelopes: readonly Uint8Array[]): string => {
  const doc = new Y.Doc()
  for (const bytes of envelopes) Y.applyUpdate(doc, bytes.slice(1))
  return doc.getText('text').toJSON()
}

/** Whom presence is about. */
const clientsIn = (data: Uint8Array): number[] => {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(null)
  applyAwarenessUpdate(awareness, data, null)
  const clients = [...awareness.getStates().keys()]
  awareness.destroy()
  return clients
}

/** The logs of most tests are short, and not compacted. */
const NEVER = 100_000

/** One document's disk. Each `start` is a life of the worker above it, with a relay that says what the test says. */
export const createChannelRig = (
  others: Others = { any: () => false, haveAll: () => false },
  logSlackBytes = NEVER,
) => {
  const disk = { content: Y.encodeStateAsUpdate(new Y.Doc()), marks: new Map<string, unknown>() }
  let lives = 0
  let requests = 0

  const start = async () => {
    lives += 1
    const session = `life${lives}`
    const clock = createManualClock()
    const doc = new Y.Doc()
    Y.applyUpdate(doc, disk.content)
    const marks = new Map(disk.marks)
    const sent: ClientMessage[] = []
    const queued: EnvelopeId[] = []
    let restarts = 0
    let mayWrite = true
    let diskIsFree = Promise.resolve()
    let sealing = Promise.resolve()
    let otherHistories = 0
    let lacked = 0
    let answered = false

    const save = async (): Promise<void> => {
      await diskIsFree
      disk.content = Y.encodeStateAsUpdate(doc)
      disk.marks = new Map(marks)
    }
    const store: ChannelDeps['store'] = {
      doc,
      saving: () => false,
      mark: key => marks.get(key),
      setMark: (key, value) => void marks.set(key, value),
      save,
      written: save,
    }
    let entry: ReturnType<OutboxSlot['entry']> = null
    const outbox: OutboxSlot = {
      put: async (_update, _previous, cut) => {
        const id = `${session}.${1000 + queued.length}`
        queued.push(id)
        entry = { id, fingerprint: new Uint8Array(FINGERPRINT_BYTES), ...cut }
      },
      entry: () => entry,
      forget: () => {
        entry = null
      },
      outdate: () => {
        entry = null
      },
      clear: async () => {
        entry = null
      },
      pauseFor: () => 0,
    }
    const elsewhere = new WebsocketProvider('ws://elsewhere', NOTE, new Y.Doc(), {
      connect: false,
      disableBc: true,
    })
    onTestFinished(() => elsewhere.destroy())
    const channel = createChannel({
      document: NOTE,
      relay: 'https://relay.example',
      store,
      others,
      sealer: createPlainSealer(session, () => sealing),
      clock,
      random: length => new Uint8Array(length),
      link: {
        send: message => {
          sent.push(message)
          return true
        },
        newRequest: () => {
          requests += 1
          return requests
        },
        restart: () => {
          restarts += 1
        },
      },
      outbox,
      mayWrite: () => mayWrite,
      logSlackBytes,
      wasLate: false,
      onWant: () => {},
      onLacked: changes => {
        lacked += changes
      },
      isAnswered: () => answered,
      onOtherHistory: () => {
        otherHistories += 1
      },
      onChange: () => {},
    })
    onTestFinished(channel.detach)
    await settled()

    const loads = () => sent.filter(message => message.type === 'load')
    const appends = () => sent.filter((message): message is Append => message.type === 'append')

    return {
      clock,
      channel,
      text: () => doc.getText('text').toJSON(),
      type: (words: string) => doc.getText('text').insert(0, words),
      /** Another relay brought this. */
      fromElsewhere: (envelope: Uint8Array) => Y.applyUpdate(doc, envelope.slice(1), elsewhere),
      erase: (length: number) => doc.getText('text').delete(0, length),
      /** From which position it read each time. */
      loads: () => loads().map(({ after }) => after),
      /** What the first `load` was named. */
      firstRequest: () => loads()[0]!.request,
      appends: () => appends().length,
      /** What all appended envelopes make, together with others. */
      appended: (...others: readonly Uint8Array[]) =>
        textOf([...others, ...appends().flatMap(({ envelopes }) => envelopes)]),
      /** Whose place each snapshot that was sent takes. */
      replaced: () =>
        sent
          .filter((message): message is Replace => message.type === 'replace')
          .map(({ replaced }) => replaced),
      /** Ids of what was put into the outbox. */
      queued: () => queued,
      /** Whom each sent message about presence tells of. */
      presence: (): number[][] =>
        sent.flatMap(message => (message.type === 'ephemeral' ? [clientsIn(message.data)] : [])),
      self: () => doc.clientID,
      /** Presence of another device. */
      heard: async (data: Uint8Array) => {
        channel.received({ type: 'ephemeral', document: NOTE, data })
        await settled()
      },
      restarts: () => restarts,
      setMayWrite: (may: boolean) => {
        mayWrite = may
      },
      otherHistories: () => otherHistories,
      lacked: () => lacked,
      /** Another device has looked for all that is wanted here. */
      answer: () => {
        answered = true
        channel.checkWant()
      },
      /** Nothing is stored until the returned function is called. */
      holdDisk: (): (() => void) => {
        const { promise, resolve } = Promise.withResolvers<void>()
        diskIsFree = promise
        return resolve
      },
      /** The same for sealing; called with an error it fails. */
      holdSealing: (): ((error?: Error) => void) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>()
        sealing = promise
        return error => (error ? reject(error) : resolve())
      },
      /** The relay greets, and its whole log ends there. */
      connected: async (head: Mark) => {
        channel.opened({ type: 'hello', protocol: 1, log: LOG, head, generation: 0, access: 'all' })
        await settled()
      },
      lost: async () => {
        channel.closed()
        await settled()
      },
      /** Entries of the document in (from, to], for the latest `load` or the one with this index. */
      content: async (from: Mark, to: Mark, envelopes: readonly Uint8Array[], load = -1) => {
        const { request } = loads().at(load)!
        const first = to.position - envelopes.length + 1
        const entries = envelopes.map((envelope, index) => ({ position: first + index, envelope }))
        channel.received({ type: 'content', document: NOTE, request, from, to, entries })
        await settled()
      },
      /** For the latest `load`, or another one by its name. */
      done: async (head: Mark, request = loads().at(-1)!.request) => {
        channel.received({ type: 'done', document: NOTE, request, head })
        await settled()
      },
      confirmed: async (number: number, from: Mark, to: Mark) => {
        const envelopes = [`${session}.${number}`]
        channel.received({ type: 'known', document: NOTE, envelopes, from, to })
        await settled()
      },
    }
  }
  return { start }
}
