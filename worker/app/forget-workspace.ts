import { type DocumentId, HOME_DOCUMENT, type WorkspaceId } from '../../protocol/ids.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { deleteDatabase, documentDatabase, type FoundDocuments } from '../storage/document-databases.ts'
import type { Fetch } from '../sync/relay/relay-http.ts'
import type { Sessions } from './sessions.ts'

/** Takes all that this device has of workspaces from it. What other devices and relays have of them stays. */
export interface ForgetWorkspace {
  /** Resolves when nothing of it is here any more. It must not be the one that is shown. */
  forget(id: WorkspaceId): Promise<void>
  /** Goes on with what the worker before this one was interrupted in. */
  resume(): Promise<void>
}

interface Deps {
  readonly store: Pick<
    DeviceStore,
    'workspace' | 'removeWorkspace' | 'removedDocuments' | 'documentsGone' | 'wasRelayed'
  >
  readonly sessions: Pick<Sessions, 'end'>
  readonly foundDocuments: () => Promise<FoundDocuments | null>
  readonly fetch: Fetch
}

export const createForgetWorkspace = (deps: Deps): ForgetWorkspace => {
  const { store, sessions } = deps

  const deleteDocuments = async (id: WorkspaceId, known: readonly DocumentId[]): Promise<void> => {
    const found = (await deps.foundDocuments())?.get(id) ?? []
    for (const document of new Set([HOME_DOCUMENT, ...known, ...found]))
      await deleteDatabase(documentDatabase(id, document))
    await store.documentsGone(id)
  }

  const resume = async (): Promise<void> => {
    for (const [id, documents] of await store.removedDocuments())
      await sessions.end(id, async () => {
        // Joined again before this was through: what is left of it is its own.
        if (await store.workspace(id)) await store.documentsGone(id)
        else await deleteDocuments(id, documents)
      })
  }

  return {
    forget: id =>
      sessions.end(id, async () => {
        if (await store.wasRelayed(id)) {
          const { createOutboxClient } = await import('../sync/entry.ts')
          await createOutboxClient(deps.fetch).clear(id)
        }
        // From here on it is not in any list, and a start goes on with what is left.
        await store.removeWorkspace(id)
        await deleteDocuments(id, (await store.removedDocuments()).get(id) ?? [])
      }),
    resume,
  }
}
