import { WebSocket } from 'ws'
import type { Doc, YMapEvent } from 'yjs'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { OutboxEntry, OutboxReport } from '../../protocol/outbox.ts'
import { outboxEntryId } from '../../protocol/outbox.ts'
import { encodeAppends } from '../../protocol/relay-bodies.ts'
import { type AppendAnswer, CBOR_TYPE, logPath } from '../../protocol/relay-http.ts'
import { signToken } from '../../protocol/token.ts'
import type { OpenDocument } from '../../worker/documents/documents.ts'
import { createDocuments, type LocalDocuments } from '../../worker/documents/local-documents.ts'
import { generateDeviceKeys } from '../../worker/keys/device-keys.ts'
import type { Clock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import type { OpenRelaySocket } from '../../worker/platform/relay-socket.ts'
import { type DeviceStore, openDeviceStore } from '../../worker/storage/device-store.ts'
import type { StoredWorkspace } from '../../worker/storage/stored-workspace.ts'
import type { Outbox } from '../../worker/sync/relay/outbox-client.ts'
import type { Fetch } from '../../worker/sync/relay/relay-http.ts'
import { createRelays, type Relays } from '../../worker/sync/relays.ts'
import type { Sync } from '../../worker/sync/sync.ts'
import { openWorkspace, type Workspace } from '../../worker/workspace/workspace.ts'
import { createStandaloneFromDevice } from './wire-taps.ts'

/** A clock that runs faster than the wall's, and that stops for good when its device crashes. */
const fastClock = (speed: number): Clock & { stop(): void } => {
  const timers = new Set<ReturnType<typeof setTimeout>>()
  let stopped = false
  return {
    now: () => Date.now(),
    after: (delay, action) => {
      if (stopped) return () => {}
      const timer = setTimeout(() => {
        timers.delete(timer)
        action()
      }, delay / speed)
      timers.add(timer)
      return () => {
        clearTimeout(timer)
        timers.delete(timer)
      }
    },
    stop: () => {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

/** What the network does to a device's messages. */
export interface Network {
  /** Milliseconds that a message is held back; order is kept. */
  delay(): number
  /** Whether a message to the relay is sent twice. */
  duplicate(): boolean
  online(): boolean
}

const CALM: Network = { delay: () => 0, duplicate: () => false, online: () => true }

/** Opens real WebSockets, with a network that can delay, duplicate and cut. */
const faultySockets = (network: Network): { open: OpenRelaySocket; cut(): void } => {
  const sockets = new Set<WebSocket>()
  const inOrder = (): ((action: () => void) => void) => {
    let last = Promise.resolve()
    return action => {
      const delay = network.delay()
      last = last.then(async () => {
        if (delay > 0) await new Promise(resolve => setTimeout(resolve, delay))
        action()
      })
    }
  }
  return {
    cut: () => {
      for (const socket of sockets) socket.terminate()
    },
    open: (address, protocols, handlers) => {
      const socket = new WebSocket(address, [...protocols])
      sockets.add(socket)
      let ended = false
      const end = (code: number, reason: string): void => {
        if (ended) return
        ended = true
        sockets.delete(socket)
        handlers.closed(code, reason)
      }
      const standalone = createStandaloneFromDevice()
      const outward = inOrder()
      const inward = inOrder()
      if (!network.online()) queueMicrotask(() => socket.terminate())
      socket.on('open', () => handlers.opened())
      socket.on('message', (data: Buffer) => {
        inward(() => !ended && handlers.received(new Uint8Array(data)))
      })
      socket.on('error', () => end(1006, ''))
      socket.on('close', (code, reason) => end(code, reason.toString()))
      return {
        send: bytes => {
          const again = standalone(bytes)
          for (const copy of network.duplicate() ? [bytes, again] : [bytes])
            outward(() => socket.readyState === WebSocket.OPEN && socket.send(copy))
        },
        close: () => {
          end(1000, '')
          socket.terminate()
        },
      }
    },
  }
}

/** The service worker's outbox in memory; it outlives the device's worker, as the real one does. */
export const createMemoryOutbox = (keys: DeviceKeys<CryptoKey>) => {
  const entries = new Map<string, OutboxEntry>()
  const listeners = new Set<(report: OutboxReport) => void>()
  const idOf = (entry: Pick<OutboxEntry, 'relay' | 'workspace' | 'document'>): string =>
    outboxEntryId(entry.relay, entry.workspace, entry.document)
  const outbox: Outbox = {
    put: async entry => {
      entries.set(idOf(entry), entry)
      return true
    },
    remove: async entry => {
      entries.delete(idOf(entry))
    },
    clear: async workspace => {
      for (const [id, entry] of entries) if (entry.workspace === workspace) entries.delete(id)
    },
    onReport: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    ...outbox,
    entries,
    /** What the service worker does on `sync`. */
    deliver: async (): Promise<void> => {
      for (const [id, entry] of [...entries]) {
        const token = await signToken(
          {
            workspace: entry.workspace,
            audience: entry.relay,
            scopes: ['write'],
            generation: entry.generation,
            now: Math.floor(Date.now() / 1000),
          },
          keys.signing,
          keys.publicKey,
        )
        const append = { type: 'append', document: entry.document, envelopes: entry.envelopes } as const
        const response = await fetch(entry.relay + logPath(entry.workspace), {
          method: 'POST',
          headers: { 'content-type': CBOR_TYPE, authorization: `Bearer ${token}` },
          body: new Uint8Array(encodeAppends([append])),
        }).catch(() => null)
        if (!response?.ok) continue
        const { known } = (await response.json()) as AppendAnswer
        const envelopes = known.flatMap(document => document.envelopes)
        if (entries.get(id) === entry && envelopes.length > 0) entries.delete(id)
        for (const listener of listeners) listener({ type: 'delivered', entry: id, envelopes })
      }
    },
  }
}

export type MemoryOutbox = ReturnType<typeof createMemoryOutbox>

/** One life of a device's worker, without the notes above it. */
export interface DeviceLife {
  readonly workspace: Workspace
  readonly documents: LocalDocuments
  /** With the first of its relays. */
  readonly sync: Sync
  readonly relays: Relays
  open(id: DocumentId): Promise<OpenDocument>
  /** Resolves when everything here is at the relay and everything there is here. */
  synced(): Promise<void>
  cut(): void
  /** Ends without warning, as when the browser is killed. */
  crash(): void
  stop(): Promise<void>
}

export interface Device {
  readonly name: string
  readonly keys: DeviceKeys<CryptoKey>
  readonly store: DeviceStore
  readonly outbox: MemoryOutbox
  start(): Promise<DeviceLife>
}

export const isSynced = (sync: Sync): boolean => {
  const { link, caughtUp, waiting } = sync.state()
  return link.phase === 'open' && caughtUp && waiting === 0
}

const whenSynced = (sync: Sync): Promise<void> =>
  new Promise(resolve => {
    const check = (): void => {
      if (!isSynced(sync)) return
      stop()
      resolve()
    }
    const stop = sync.onChange(check)
    queueMicrotask(check)
  })

/** The index of documents, as these devices keep it: the keys of a map, each with when it was changed. */
const indexOf = (home: Doc): Parameters<typeof createRelays>[0]['index'] => {
  const named = home.getMap<number>('named')
  return {
    named: () => named.keys(),
    updated: id => named.get(id) ?? 0,
    onChange: listener => {
      const tell = (event: YMapEvent<number>): void => listener(event.keysChanged as Set<DocumentId>)
      named.observe(tell)
      return () => named.unobserve(tell)
    },
  }
}

/** A device with its own databases; `start` begins a new life of its worker on what they hold. */
export const createDevice = async (options: {
  readonly name: string
  readonly network?: Network
  readonly speed?: number
  /** So small that a few words are worth a snapshot, unless this says otherwise. */
  readonly logSlackBytes?: number
  /** Stands between the device and its relays. */
  readonly sockets?: (open: OpenRelaySocket) => OpenRelaySocket
  /** The same for what it asks over HTTP. */
  readonly http?: (fetch: Fetch) => Fetch
  /** Makes or joins the workspace with the device's keys. */
  readonly workspace: (keys: DeviceKeys<CryptoKey>) => Promise<StoredWorkspace>
}): Promise<Device> => {
  const { name, network = CALM, speed = 20, logSlackBytes = 1_000, sockets: between = open => open } = options
  const ask = options.http?.(fetch) ?? fetch
  const keys = await generateDeviceKeys()
  const store = await openDeviceStore(`${name} device`)
  const made = await options.workspace(keys)
  await store.setWorkspace(made)
  const outbox = createMemoryOutbox(keys)

  const start = async (): Promise<DeviceLife> => {
    const clock = fastClock(speed)
    const sockets = faultySockets(network)
    const opened = await openWorkspace((await store.workspace(made.id))!, { device: keys, store, clock })
    if (!opened.ok) throw new Error(opened.error.message)
    const workspace = opened.value
    const documents = await createDocuments({
      workspace: workspace.id,
      device: store,
      clock,
      databaseName: id => `${name} ${id}`,
      onProblem: problem => {
        if (problem) throw problem
      },
    })
    const home = await documents.open(HOME_DOCUMENT)
    const relays = await createRelays({
      workspace,
      relays: workspace.relays(),
      device: keys,
      store,
      documents,
      clock,
      random: systemRandom,
      fetch: (address, init) =>
        network.online() ? ask(address, init) : Promise.reject(new TypeError('offline')),
      openSocket: between(sockets.open),
      outbox,
      isDeleted: () => false,
      index: indexOf(home.doc),
      logSlackBytes,
    })
    const sync = relays.at(workspace.relays()[0]!.origin)!
    return {
      workspace,
      documents,
      sync,
      relays,
      open: documents.open,
      synced: () => whenSynced(sync),
      cut: sockets.cut,
      crash: () => {
        clock.stop()
        sockets.cut()
        for (const { origin } of workspace.relays()) void documents.at(origin).attachAll(null) // ends the providers' own timers; nothing is written any more
      },
      stop: async () => {
        await relays.stop()
        home.release()
        await documents.close()
        clock.stop()
      },
    }
  }
  return { name, keys, store, outbox, start }
}

/** The text under `name` of a document, as the tests write it. */
export const textOf = (open: OpenDocument): string => open.doc.getText('text').toJSON()
