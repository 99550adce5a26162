import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { CleanMark, StoredDocument } from '../storage/stored-progress.ts'

/** What is known of a document without opening it. `clean` is null where it must be compared with the relay. */
export interface KnownDocument {
  readonly clean: CleanMark | null
}

/** The documents of this device as they stand with one relay, or with whichever knows most. */
export interface KnownAt {
  readonly all: ReadonlyMap<DocumentId, KnownDocument>
  /** Those without a clean mark: few, where `all` may be thousands. */
  readonly unclean: ReadonlySet<DocumentId>
}

/** All documents that this device has, with what is known of them without opening; in memory and on the disk. */
export interface KnownDocuments {
  /** `clean` is that of any relay: null where none has confirmed the document as it is here. */
  readonly all: KnownAt['all']
  at(relay: string): KnownAt
  /** Resolves when the document is on the disk as one to be compared with every relay. */
  add(id: DocumentId): Promise<void>
  /** As `add`, but on a full disk it is tried again later: notes can still be read, and the person is told. */
  forgetClean(id: DocumentId): Promise<void>
  /** By relay. Known at once, on the disk with `keepClean`. */
  setClean(id: DocumentId, clean: StoredDocument['clean']): void
  keepClean(id: DocumentId): Promise<void>
  remove(id: DocumentId): Promise<void>
}

interface Deps {
  readonly workspace: WorkspaceId
  readonly device: Pick<DeviceStore, 'documents' | 'setDocument' | 'removeDocument'>
  readonly clock: Clock
  /** Tells that something about a document could not be stored; null once it was. */
  readonly problemOf: (what: string) => (error: Error | null) => void
}

const RETRY_MS = 5_000

const UNCLEAN: KnownDocument = { clean: null }
const NOWHERE: StoredDocument = { clean: {} }
const isClean = ({ clean }: StoredDocument): boolean => Object.keys(clean).length > 0
const atAny = ({ clean }: StoredDocument): KnownDocument => {
  const mark = Object.values(clean).find(({ handed }) => !handed)
  return mark ? { clean: mark } : UNCLEAN
}

export const loadKnownDocuments = async (deps: Deps): Promise<KnownDocuments> => {
  const { workspace, device, clock } = deps
  const stored = await device.documents(workspace)
  const all = new Map([...stored].map(([id, each]) => [id, atAny(each)]))
  /** Of the relays that were asked about. */
  const relays = new Map<string, { all: Map<DocumentId, KnownDocument>; unclean: Set<DocumentId> }>()

  const putAt = (relay: string, id: DocumentId, { clean }: StoredDocument): void => {
    const known = relays.get(relay)!
    const mark = clean[relay]
    known.all.set(id, mark ? { clean: mark } : UNCLEAN)
    if (mark) known.unclean.delete(id)
    else known.unclean.add(id)
  }

  const set = (id: DocumentId, next: StoredDocument): void => {
    stored.set(id, next)
    all.set(id, atAny(next))
    for (const relay of relays.keys()) putAt(relay, id, next)
  }
  const remember = async (id: DocumentId, next: StoredDocument): Promise<void> => {
    set(id, next)
    await device.setDocument(workspace, id, next)
  }
  const add = (id: DocumentId): Promise<void> => remember(id, NOWHERE)

  const needsForgetting = (id: DocumentId): boolean => {
    const now = stored.get(id)
    return now === undefined || isClean(now)
  }

  const forgetClean = async (id: DocumentId): Promise<void> => {
    if (!needsForgetting(id)) return
    const tell = deps.problemOf(`${id} is not clean`)
    try {
      await add(id)
    } catch (error) {
      tell(error as Error)
      const again = (): void => {
        if (needsForgetting(id)) {
          tell(null)
          return
        }
        add(id).then(
          () => tell(null),
          () => void clock.after(RETRY_MS, again),
        )
      }
      clock.after(RETRY_MS, again)
    }
  }

  return {
    all,
    at: relay => {
      if (!relays.has(relay)) {
        relays.set(relay, { all: new Map(), unclean: new Set() })
        for (const [id, each] of stored) putAt(relay, id, each)
      }
      return relays.get(relay)!
    },
    add,
    forgetClean,
    setClean: (id, clean) => set(id, { clean }),
    // A clean mark that cannot be written costs a comparison at the next start.
    keepClean: id => remember(id, stored.get(id)!).catch(() => undefined),
    remove: async id => {
      stored.delete(id)
      all.delete(id)
      for (const known of relays.values()) {
        known.all.delete(id)
        known.unclean.delete(id)
      }
      await device.removeDocument(workspace, id)
    },
  }
}
