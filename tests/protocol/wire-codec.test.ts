import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatBytes, toBase64url } from '../../protocol/bytes.ts'
import { ENVELOPE_OVERHEAD_BYTES, encodeHeader } from '../../protocol/envelope.ts'
import { envelopeId } from '../../protocol/ids.ts'
import {
  decodeClientMessage,
  decodeRelayMessage,
  encodeClientMessage,
  encodeRelayMessage,
} from '../../protocol/relay-codec.ts'
import type { ClientMessage, Content, Known, RelayMessage } from '../../protocol/relay-messages.ts'
import type { Result } from '../../protocol/result.ts'
import { FINGERPRINTS_PER_SESSION, TABLE_SIZE } from '../../protocol/short-tables.ts'
import {
  createClientDecoder,
  createClientEncoder,
  createRelayDecoder,
  createRelayEncoder,
} from '../../protocol/wire-codec.ts'

const filled = (length: number, value: number): Uint8Array => {
  const bytes = new Uint8Array(length).fill(value)
  new DataView(bytes.buffer).setUint16(0, value)
  return bytes
}
const idOf = (number: number): string => toBase64url(filled(16, number))
const stampOf = (number: number): string => toBase64url(filled(8, number))

interface Made {
  readonly session: number
  readonly sequence: number
  readonly device?: number
  readonly epoch?: number
  readonly previous?: Uint8Array
  readonly size?: number
  readonly signature?: number
}
const zeros = new Uint8Array(9)
const envelope = (made: Made): Uint8Array =>
  concatBytes(
    encodeHeader({
      kind: made.sequence % 5 === 0 ? 'snapshot' : 'update',
      encoding: made.sequence % 3 === 0 ? 'v2' : 'v1',
      epoch: made.epoch ?? 7,
      device: filled(32, made.device ?? 1),
      session: idOf(made.session),
      sequence: made.sequence,
      previous: made.previous ?? zeros,
    }),
    filled((made.size ?? 22) + 16, 3),
    filled(64, made.signature ?? made.sequence),
  )

// ── what may be said ───────────────────────────────────────────────────────────────────────────

const few = fc.integer({ min: 0, max: 3 })
/** More than a table holds, but mostly the same. */
const name = fc.oneof({ weight: 6, arbitrary: few }, fc.integer({ min: 0, max: 2 * TABLE_SIZE }))
const anEnvelope = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        session: name,
        sequence: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constant(0xffffffff)),
        device: few,
        epoch: fc.constantFrom(7, 8, 0xffffffff),
        previous: fc.constantFrom(zeros, ...[1, 2, 3].map(value => filled(64, value).slice(0, 9))),
        size: fc.integer({ min: 0, max: 300 }),
        signature: few,
      })
      .map(envelope),
  },
  fc.uint8Array({ maxLength: 2 * ENVELOPE_OVERHEAD_BYTES }),
)
const position = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: Number.MAX_SAFE_INTEGER }))
const mark = fc.record({ position, stamp: fc.option(few.map(stampOf)) })
const document = name.map(idOf)
const id = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(name, fc.nat({ max: 40 })).map(([from, at]) => envelopeId(idOf(from), at)),
  },
  fc.constantFrom(
    '',
    '.',
    'a.1',
    `${idOf(1)}.01`,
    `${idOf(1)}.-1`,
    `${idOf(1)}.4294967296`,
    `${idOf(1)}.1e3`,
  ),
)
const clientMessage: fc.Arbitrary<ClientMessage> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      document,
      envelopes: fc.array(anEnvelope, { maxLength: 4 }),
    }),
  },
  fc.record({ type: fc.constant('load' as const), document, after: position, request: position }),
  fc.constant({ type: 'ping' as const }),
)
/** Mostly in order, one after the other, as relays say it. */
const span = fc.oneof(
  fc.tuple(mark, fc.nat({ max: 9 }), few.map(stampOf)).map(([from, more, stamp]) => ({
    from,
    to: { position: Math.min(from.position + more, Number.MAX_SAFE_INTEGER), stamp },
  })),
  fc.record({ from: mark, to: mark }),
)
const entries = fc.array(fc.record({ position, envelope: anEnvelope }), { maxLength: 4 })
const relayMessage: fc.Arbitrary<RelayMessage> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(document, few, span, entries, fc.boolean())
      .map(([about, request, { from, to }, some, sorted]): Content => {
        const near = some.map((entry, nth) => ({ ...entry, position: from.position + nth }))
        return { type: 'content', document: about, request, from, to, entries: sorted ? near : some }
      }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(document, span, fc.array(id, { maxLength: 4 })).map(
      ([about, { from, to }, envelopes]): Known => ({
        type: 'known',
        document: about,
        from,
        to,
        envelopes,
      }),
    ),
  },
  fc.record({ type: fc.constant('done' as const), document, request: few, head: mark }),
  fc.constant({ type: 'pong' as const }),
)

/** Positions above what a count may be are no messages. */
const isMessage =
  <M>(long: (bytes: Uint8Array) => Result<M>, encode: (message: M) => Uint8Array) =>
  (message: M) =>
    long(encode(message)).ok

const said = fc.array(clientMessage, { maxLength: 12 })
const told = fc.array(relayMessage.filter(isMessage(decodeRelayMessage, encodeRelayMessage)), {
  maxLength: 12,
})

const DIRECTIONS = [
  {
    name: 'to the relay',
    messages: said as fc.Arbitrary<(ClientMessage | RelayMessage)[]>,
    encoder: createClientEncoder as () => (message: ClientMessage | RelayMessage) => Uint8Array,
    decoder: createClientDecoder as () => (bytes: Uint8Array) => Result<ClientMessage | RelayMessage>,
    long: (message: ClientMessage | RelayMessage) =>
      decodeClientMessage(encodeClientMessage(message as ClientMessage)) as Result<unknown>,
  },
  {
    name: 'to a device',
    messages: told as fc.Arbitrary<(ClientMessage | RelayMessage)[]>,
    encoder: createRelayEncoder as () => (message: ClientMessage | RelayMessage) => Uint8Array,
    decoder: createRelayDecoder as () => (bytes: Uint8Array) => Result<ClientMessage | RelayMessage>,
    long: (message: ClientMessage | RelayMessage) =>
      decodeRelayMessage(encodeRelayMessage(message as RelayMessage)) as Result<unknown>,
  },
]

describe.each(DIRECTIONS)('messages $name', ({ messages, encoder, decoder, long }) => {
  test('come as they were sent, whatever was said before', () => {
    fc.assert(
      fc.property(messages, some => {
        const [encode, decode] = [encoder(), decoder()]
        for (const message of some) expect(decode(encode(message))).toEqual({ ok: true, value: message })
      }),
    )
  })

  test('that were cut or changed on the way are refused or are messages, and nothing is thrown', () => {
    const harm = fc.record({
      at: fc.nat({ max: 11 }),
      cut: fc.option(fc.nat({ max: 400 })),
      changes: fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(messages, harm, (some, { at, cut, changes }) => {
        const [encode, decode] = [encoder(), decoder()]
        some.forEach((message, nth) => {
          const bytes = encode(message).slice(0, nth === at && cut !== null ? cut : undefined)
          if (nth === at) for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value
          const decoded = decode(bytes)
          // What comes out is nothing that the long form would not have said.
          if (decoded.ok) expect(long(decoded.value)).toEqual(decoded)
          else expect(decoded.error.code).toBe('malformed')
        })
      }),
    )
  })

  test('of nobody are refused, or are messages', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), some => {
        const decode = decoder()
        for (const bytes of some) {
          const first = bytes.map((value, nth) => (nth === 0 ? value % 16 : value))
          const decoded = decode(first)
          if (decoded.ok) expect(long(decoded.value)).toEqual(decoded)
        }
      }),
      { numRuns: 500 },
    )
  })
})

test('what a relay says to several, each of whom was told something else before, all of them read', () => {
  const toSome = fc.array(
    fc.record({
      message: fc.nat({ max: 11 }),
      readers: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    }),
    { maxLength: 24 },
  )
  fc.assert(
    fc.property(told, toSome, (messages, turns) => {
      const readers = [0, 1, 2].map(() => ({ encode: createRelayEncoder(), decode: createRelayDecoder() }))
      for (const turn of turns) {
        const message = messages[turn.message]
        if (!message) continue
        readers.forEach(({ encode, decode }, nth) => {
          if (turn.readers[nth]) expect(decode(encode(message))).toEqual({ ok: true, value: message })
        })
      }
    }),
  )
})

// ── what it is for ─────────────────────────────────────────────────────────────────────────────

const note = idOf(500)
const append = (made: Made): ClientMessage => ({
  type: 'append',
  document: note,
  envelopes: [envelope(made)],
})
const fingerprint = (signature: number): Uint8Array => filled(64, signature).slice(0, 9)

test('a key costs its cipher text, its signature and four bytes, once who writes where was said', () => {
  const encode = createClientEncoder()
  const first = encode(append({ session: 1, sequence: 1 }))
  const second = encode(append({ session: 1, sequence: 2, previous: fingerprint(1) }))
  expect(first.length).toBeGreaterThan(100 + 32 + 16 + 16)
  expect(second.length).toBe(22 + 16 + 64 + 4)
})

test('another one’s key costs eleven more, for its place and the stamp of it; what confirms it comes to thirteen', () => {
  const encode = createRelayEncoder()
  const place = (position: number) => ({ position, stamp: stampOf(position) })
  const content = (sequence: number): Content => ({
    type: 'content',
    document: note,
    request: 1,
    from: place(sequence),
    to: place(sequence + 1),
    entries: [
      {
        position: sequence + 1,
        envelope: envelope({ session: 2, sequence, previous: fingerprint(sequence - 1) }),
      },
    ],
  })
  const known = (sequence: number): Known => ({
    type: 'known',
    document: idOf(501),
    envelopes: [envelopeId(idOf(1), sequence)],
    from: place(sequence),
    to: place(sequence + 1),
  })
  encode(content(1))
  encode(known(1))
  expect(encode(content(2)).length).toBe(22 + 16 + 64 + 14)
  expect(encode(known(2)).length).toBe(13)
})

test('somebody who names ever more sessions and documents makes the other end remember no more of them', () => {
  const [encode, decode] = [createClientEncoder(), createClientDecoder()]
  const say = (session: number, sequence: number, about: number): number => {
    const message: ClientMessage = {
      type: 'append',
      document: idOf(about),
      envelopes: [envelope({ session, sequence, previous: fingerprint(sequence - 1) })],
    }
    const bytes = encode(message)
    expect(decode(bytes)).toEqual({ ok: true, value: message })
    return bytes.length
  }
  const [whole, short] = [say(1, 1, 1), say(1, 2, 1)]
  for (let number = 2; number <= TABLE_SIZE + 1; number += 1) say(number, 1, number)
  expect(say(1, 3, 1)).toBeGreaterThanOrEqual(whole) // forgotten, and said again
  for (let number = 2; number <= FINGERPRINTS_PER_SESSION + 1; number += 1) say(1, number + 2, number)
  expect(say(1, FINGERPRINTS_PER_SESSION + 4, 1)).toBe(short + 9) // what it follows, too
})

test('after a message that could not be read nothing is read that builds on it; what stands alone is', () => {
  const [encode, decode] = [createClientEncoder(), createClientDecoder()]
  const [first, second, third] = [1, 2, 3].map(sequence => encode(append({ session: 1, sequence })))
  expect(decode(first!).ok).toBe(true)
  expect(decode(second!.slice(0, 50)).ok).toBe(false)
  expect(decode(third!)).toMatchObject({ ok: false, error: { code: 'malformed' } })
  expect(decode(encodeClientMessage({ type: 'ping' }))).toEqual({ ok: true, value: { type: 'ping' } })
})
