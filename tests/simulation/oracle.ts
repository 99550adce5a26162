import * as Y from 'yjs'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { DocumentId } from '../../protocol/ids.ts'
import type { Entry } from '../../protocol/relay-messages.ts'
import { createSealer, type Sealer } from '../../worker/keys/sealer.ts'
import type { Workspace } from '../../worker/workspace/workspace.ts'

/** Knows what relays were given, sealed or not, which no relay can. */
export interface Oracle {
  /** A relay has these on its disk. */
  durable(document: DocumentId, entries: readonly Entry[]): Promise<void>
  /** Whether all that the document holds was on a relay's disk once. */
  wasRelayed(document: DocumentId, doc: Y.Doc): boolean
  /** Whether an envelope holds all that these entries hold, as far as they can be read. */
  covers(document: DocumentId, envelope: Uint8Array, entries: readonly Entry[]): Promise<boolean>
  /** Whether these entries together hold all that the document holds. */
  holds(document: DocumentId, entries: readonly Entry[], doc: Y.Doc): Promise<boolean>
}

const NOTHING = new Y.Doc()

/** Whether `all` has every struct and every deletion of `part`. */
const includes = (all: Y.Doc, part: Y.Doc): boolean => {
  for (const client of part.store.clients.keys())
    if (Y.getState(all.store, client) < Y.getState(part.store, client)) return false
  const deleted = Y.createDeleteSetFromStructStore(all.store)
  for (const [client, ranges] of Y.createDeleteSetFromStructStore(part.store).clients) {
    for (const { clock, len } of ranges) {
      const covers = (deleted.clients.get(client) ?? []).some(
        range => range.clock <= clock && clock + len <= range.clock + range.len,
      )
      if (!covers) return false
    }
  }
  return true
}

export const createOracle = (workspace: Workspace, device: DeviceKeys<CryptoKey>): Oracle => {
  const sealer: Sealer = createSealer({
    workspace: workspace.id,
    device,
    random: length => new Uint8Array(length),
    contentKeys: workspace.contentKeys,
    epoch: workspace.epoch,
    isMember: async () => true,
  })
  const ever = new Map<DocumentId, Y.Doc>()
  const opened = new WeakMap<Uint8Array, Uint8Array | null>()

  const updateOf = async (document: DocumentId, envelope: Uint8Array): Promise<Uint8Array | null> => {
    const known = opened.get(envelope)
    if (known !== undefined) return known
    const result = await sealer.open(document, envelope)
    const update = result.ok ? result.value.update : null
    opened.set(envelope, update)
    return update
  }
  const apply = async (doc: Y.Doc, document: DocumentId, entries: readonly Entry[]): Promise<void> => {
    for (const { envelope } of entries) {
      const update = await updateOf(document, envelope)
      if (update !== null) Y.applyUpdate(doc, update)
    }
  }

  return {
    durable: async (document, entries) => {
      const doc = ever.get(document) ?? new Y.Doc()
      ever.set(document, doc)
      await apply(doc, document, entries)
    },
    wasRelayed: (document, doc) => includes(ever.get(document) ?? NOTHING, doc),
    covers: async (document, envelope, entries) => {
      const [one, many] = [new Y.Doc(), new Y.Doc()]
      await apply(one, document, [{ position: 0, envelope }])
      await apply(many, document, entries)
      return includes(one, many)
    },
    holds: async (document, entries, doc) => {
      const log = new Y.Doc()
      await apply(log, document, entries)
      return includes(log, doc)
    },
  }
}
