import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Clock } from '../platform/clock.ts'
import type { CleanMark, DeviceStore, StoredDocument } from '../storage/device-store.ts'

/** All documents that this device has, with what is known of them without opening; in memory and on the disk. */
export interface KnownDocuments {
  readonly all: ReadonlyMap<DocumentId, StoredDocument>
  /** Those without a clean mark: few, where `all` may be thousands. */
  readonly unclean: ReadonlySet<DocumentId>
  /** Resolves when the document is on the disk as one to be compared with the relay. */
  add(id: DocumentId): Promise<void>
  /** As `add`, but on a full disk it is tried again later: notes can still be read, and the person is told. */
  forgetClean(id: DocumentId): Promise<void>
  /** Known at once, on the disk with `keepClean`. */
  setClean(id: DocumentId, clean: CleanMark): void
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

export const loadKnownDocuments = async (deps: Deps): Promise<KnownDocuments> => {
  const { workspace, device, clock } = deps
  const all = await device.documents(workspace)

  const unclean = new Set([...all].flatMap(([id, { clean }]) => (clean === null ? [id] : [])))

  const set = (id: DocumentId, stored: StoredDocument): void => {
    all.set(id, stored)
    if (stored.clean === null) unclean.add(id)
    else unclean.delete(id)
  }
  const remember = async (id: DocumentId, stored: StoredDocument): Promise<void> => {
    set(id, stored)
    await device.setDocument(workspace, id, stored)
  }
  const add = (id: DocumentId): Promise<void> => remember(id, { clean: null })

  const forgetClean = async (id: DocumentId): Promise<void> => {
    if (all.get(id)?.clean === null) return
    const tell = deps.problemOf(`${id} is not clean`)
    try {
      await add(id)
    } catch (error) {
      tell(error as Error)
      const again = (): void => {
        if (all.get(id)?.clean !== null) {
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
    unclean,
    add,
    forgetClean,
    setClean: (id, clean) => set(id, { clean }),
    // A clean mark that cannot be written costs a comparison at the next start.
    keepClean: id => remember(id, all.get(id)!).catch(() => undefined),
    remove: async id => {
      all.delete(id)
      unclean.delete(id)
      await device.removeDocument(workspace, id)
    },
  }
}
