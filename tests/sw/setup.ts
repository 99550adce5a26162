import 'fake-indexeddb/auto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encode } from 'cborg'
import { IDBFactory } from 'fake-indexeddb'
import { QueueStore } from 'workbox-background-sync/QueueStore.js'
import { toBase64url } from '../../protocol/bytes.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { encodeHeader, FINGERPRINT_BYTES, parseEnvelope } from '../../protocol/envelope.ts'
import { type DocumentId, HOME_DOCUMENT, publicKeyFromBytes, thumbprint } from '../../protocol/ids.ts'
import { type OutboxEntry, type OutboxReport, outboxEntryId } from '../../protocol/outbox.ts'
import { decodeAppends } from '../../protocol/relay-bodies.ts'
import type { AppendAnswer } from '../../protocol/relay-http.ts'
import { createDelivery } from '../../sw/outbox/delivery.ts'
import { createOutbox, type Outbox } from '../../sw/outbox/outbox.ts'
import { createOutboxHttp } from '../../sw/outbox/outbox-http.ts'
import { createOutboxStore, type OutboxStore } from '../../sw/outbox/outbox-store.ts'

export const WORKSPACE = 'A'.repeat(43)
export const HOME = HOME_DOCUMENT
export const NOTE: DocumentId = `${'n'.repeat(21)}A`
export const OTHER_NOTE: DocumentId = `${'o'.repeat(21)}A`

/** An envelope that nobody can open, which is what it is for a service worker. */
export const envelope = (sequence: number, size = 40): Uint8Array =>
  Uint8Array.from([
    ...encodeHeader({
      kind: 'update',
      encoding: 'v1',
      epoch: 0,
      device: new Uint8Array(32),
      session: toBase64url(new Uint8Array(16).fill(7)),
      sequence,
      previous: new Uint8Array(FINGERPRINT_BYTES),
    }),
    ...new Uint8Array(size + 16 + 64),
  ])

export const idsOf = (envelopes: readonly Uint8Array[]): string[] =>
  envelopes.map(bytes => {
    const parsed = parseEnvelope(bytes)
    if (!parsed.ok) throw new Error(parsed.error.message)
    return parsed.value.id
  })

/** One request as the relay got it. */
export interface Received {
  readonly path: string
  readonly token: string
  readonly documents: readonly DocumentId[]
  readonly envelopes: readonly string[]
}

export type RelayBehaviour = (received: Received, response: ServerResponse) => void

const mark = { position: 1, stamp: 'AAAAAAAAAAA' }

/** Everything that came is durable. */
export const confirmAll: RelayBehaviour = ({ documents, envelopes }, response) => {
  const answer: AppendAnswer = {
    log: 'log',
    known: documents.map(document => ({ document, envelopes, from: mark, to: mark })),
    refused: [],
  }
  response.end(JSON.stringify(answer))
}

export const refuseWith =
  (status: number, code: string): RelayBehaviour =>
  (_, response) => {
    response.statusCode = status
    response.end(JSON.stringify({ error: { code, message: `Refused: ${code}.` } }))
  }

export interface Relay {
  readonly url: string
  readonly received: readonly Received[]
  behave(behaviour: RelayBehaviour): void
  /** Resolves when the number of received requests reaches `count`. */
  requests(count: number): Promise<void>
  stop(): Promise<void>
}

export const startRelay = async (): Promise<Relay> => {
  let behaviour = confirmAll
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const server: Server = createServer(async (request, response) => {
    const seen = await readRequest(request)
    received.push(seen)
    for (const look of waiting) look()
    behaviour(seen, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave: next => {
      behaviour = next
    },
    requests: count =>
      new Promise(resolve => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const readRequest = async (request: IncomingMessage): Promise<Received> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const appends = decodeAppends(new Uint8Array(Buffer.concat(chunks)))
  if (!appends.ok) throw new Error(appends.error.message)
  return {
    path: request.url ?? '',
    token: (request.headers.authorization ?? '').replace('Bearer ', ''),
    documents: appends.value.map(append => append.document),
    envelopes: appends.value.flatMap(append => idsOf(append.envelopes)),
  }
}

export const makeKeys = async (): Promise<DeviceKeys<CryptoKey>> => {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const publicKey = publicKeyFromBytes(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)))
  return {
    device: await thumbprint(publicKey),
    publicKey,
    signing: pair.privateKey,
    opening: pair.privateKey, // never used by the service worker
    sealing: toBase64url(new Uint8Array(32)),
  }
}

/** One life of the service worker over the disk that all its lives share. */
export interface Life {
  readonly store: OutboxStore
  readonly outbox: Outbox
  readonly reports: OutboxReport[]
  /** Answers a request of the app; what it starts in the background can be awaited with `settled`. */
  request(method: string, path: string, body?: Uint8Array): Promise<Response>
  put(entry: OutboxEntry): Promise<Response>
  settled(): Promise<void>
  clock: { now: number }
  /** How often the browser was asked to wake it later. */
  syncsAskedFor: number
}

export const emptyDisk = (): void => {
  globalThis.indexedDB = new IDBFactory()
}

export const startLife = (options: {
  readonly keys: () => Promise<DeviceKeys<CryptoKey> | null>
  readonly fetch?: typeof fetch
  readonly timeoutMs?: number
}): Life => {
  const reports: OutboxReport[] = []
  const clock = { now: Date.now() }
  const store = createOutboxStore(new QueueStore('holdfast-outbox'))
  const outbox = createOutbox({
    store,
    deliver: createDelivery({
      fetch: options.fetch ?? fetch,
      keys: options.keys,
      now: () => clock.now,
      timeoutMs: options.timeoutMs ?? 10_000,
    }),
    report: report => reports.push(report),
    now: () => clock.now,
    exclusively: task => task(),
  })
  const background: Promise<unknown>[] = []
  const answer = createOutboxHttp({
    store,
    askForSync: async () => {
      life.syncsAskedFor += 1
    },
    drainSoon: () => background.push(outbox.drain()),
  })
  const request: Life['request'] = (method, path, body) =>
    answer(
      new Request(`http://localhost:4321${path}`, {
        method,
        ...(body ? { body: new Uint8Array(body) } : {}),
      }),
    )
  const life: Life = {
    store,
    outbox,
    reports,
    clock,
    syncsAskedFor: 0,
    request,
    put: entry =>
      request(
        'PUT',
        `/outbox/${encodeURIComponent(outboxEntryId(entry.relay, entry.workspace, entry.document))}`,
        encode(entry),
      ),
    settled: async () => {
      await Promise.all(background.splice(0))
    },
  }
  return life
}

export const entry = (
  relay: string,
  envelopes: readonly Uint8Array[],
  document: DocumentId = NOTE,
): OutboxEntry => ({
  relay,
  workspace: WORKSPACE,
  document,
  envelopes,
  generation: 3,
})
