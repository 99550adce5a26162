import * as Y from 'yjs'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { DocumentId } from '../../protocol/ids.ts'
import type { Entry } from '../../protocol/relay-messages.ts'
import type { ContentKeys } from '../../worker/keys/key-derivation.ts'
import { createSealer, type Sealer } from '../../worker/keys/sealer.ts'
import { textOf } from '../../worker/notes/y-text.ts'
import type { Workspace } from '../../worker/workspace/workspace.ts'

/** Knows what relays were given, sealed or not, which no relay can. */
export interface Oracle {
  /** A relay has these on its disk. */
  durable(relay: string, document: DocumentId, entries: readonly Entry[]): Promise<void>
  /** Whether all that the document holds was on the relay's disk once. */
  wasRelayed(relay: string, document: DocumentId, doc: Y.Doc): boolean
  /** The texts that relays ever had of a note, one after the other. */
  everText(document: DocumentId): string
  /** How large a snapshot of all that the relay ever had of a document would be, in bytes, not sealed. */
  sizeOf(relay: string, document: DocumentId): number
  /** Whether an envelope holds all that these entries hold, as far as they can be read. */
  covers(document: DocumentId, envelope: Uint8Array, entries: readonly Entry[]): Promise<boolean>
  /** Whether these entries together hold all that the document holds. */
  holds(document: DocumentId, entries: readonly Entry[], doc: Y.Doc): Promise<boolean>
}

const NOTHING = new Y.Doc()

/** What a document held at one moment: up to where it had each client's structs, and what of them was deleted. */
export interface Holding {
  readonly clocks: ReadonlyMap<number, number>
  readonly deleted: ReturnType<typeof Y.createDeleteSetFromStructStore>['clients']
}

export const holdingOf = ({ store }: Y.Doc): Holding => ({
  clocks: new Map([...store.clients.keys()].map(client => [client, Y.getState(store, client)])),
  deleted: Y.createDeleteSetFromStructStore(store).clients,
})

/** Whether `all` has every struct and every deletion of `part`. */
export const includes = (all: Holding, part: Holding): boolean => {
  for (const [client, clock] of part.clocks) if ((all.clocks.get(client) ?? 0) < clock) return false
  for (const [client, ranges] of part.deleted) {
    for (const { clock, len } of ranges) {
      const covers = (all.deleted.get(client) ?? []).some(
        range => range.clock <= clock && clock + len <= range.clock + range.len,
      )
      if (!covers) return false
    }
  }
  return true
}

export const createOracle = (
  workspace: Workspace,
  device: DeviceKeys<CryptoKey>,
  keysOf: (epoch: number) => ContentKeys | null,
): Oracle => {
  /** Whoever made keys may be gone by the time that somebody asks. */
  const keys = new Map<number, ContentKeys>()
  const contentKeys = (epoch: number): ContentKeys | null => {
    const known = keys.get(epoch) ?? workspace.contentKeys(epoch) ?? keysOf(epoch)
    if (known) keys.set(epoch, known)
    return known
  }
  const sealer: Sealer = createSealer({
    workspace: workspace.id,
    device,
    random: length => new Uint8Array(length),
    contentKeys,
    epoch: workspace.epoch,
    follow: async () => undefined,
    counts: async () => true,
    isKnown: () => true,
    isForAll: () => true,
    onTaken: () => undefined,
  })
  const ever = new Map<string, Map<DocumentId, Y.Doc>>()
  const everAt = (relay: string, document: DocumentId): Y.Doc => ever.get(relay)?.get(document) ?? NOTHING
  let sealedYet: { readonly relay: string; readonly document: DocumentId; readonly entry: Entry }[] = []
  const opened = new WeakMap<Uint8Array, Uint8Array | null>()

  const updateOf = async (document: DocumentId, envelope: Uint8Array): Promise<Uint8Array | null> => {
    const known = opened.get(envelope)
    if (known !== undefined) return known
    const result = await sealer.open(document, envelope)
    const update = result.ok ? result.value.update : null
    // Nobody who runs knows the keys now; somebody may later.
    if (result.ok || result.error.code !== 'envelope-keys') opened.set(envelope, update)
    return update
  }
  const apply = async (doc: Y.Doc, document: DocumentId, entries: readonly Entry[]): Promise<void> => {
    for (const { envelope } of entries) {
      const update = await updateOf(document, envelope)
      if (update !== null) Y.applyUpdate(doc, update)
    }
  }

  return {
    durable: async (relay, document, entries) => {
      const unread = [...sealedYet, ...entries.map(entry => ({ relay, document, entry }))]
      sealedYet = []
      for (const one of unread) {
        const docs = ever.get(one.relay) ?? new Map<DocumentId, Y.Doc>()
        const doc = docs.get(one.document) ?? new Y.Doc()
        ever.set(one.relay, docs.set(one.document, doc))
        await apply(doc, one.document, [one.entry])
        if (!opened.has(one.entry.envelope)) sealedYet.push(one)
      }
    },
    wasRelayed: (relay, document, doc) => includes(holdingOf(everAt(relay, document)), holdingOf(doc)),
    everText: document => [...ever.keys()].map(relay => textOf(everAt(relay, document)).toJSON()).join(),
    sizeOf: (relay, document) =>
      Y.convertUpdateFormatV1ToV2(Y.encodeStateAsUpdate(everAt(relay, document))).length,
    covers: async (document, envelope, entries) => {
      const [one, many] = [new Y.Doc(), new Y.Doc()]
      await apply(one, document, [{ position: 0, envelope }])
      await apply(many, document, entries)
      return includes(holdingOf(one), holdingOf(many))
    },
    holds: async (document, entries, doc) => {
      const log = new Y.Doc()
      await apply(log, document, entries)
      return includes(holdingOf(log), holdingOf(doc))
    },
  }
}
