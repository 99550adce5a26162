import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import type { Changed, Mark } from '../../protocol/relay-messages.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Publication } from './publication.ts'

/** How far one connection has been told which documents changed. The same rules as for a subscription. */
export interface Watch {
  at: Mark
  live: boolean
  news: boolean
}

interface Deps {
  readonly store: LogStore
  readonly workspace: WorkspaceId
  readonly send: (message: Changed) => void
  readonly roomToSend: () => Promise<void>
  readonly isCurrent: (watch: Watch) => boolean
}

const DOCUMENTS_PER_MESSAGE = 2000

/** Answers a `watch`: at least one `changed`; the last of them reaches the end of the log. Rejects where the store does. */
export const sendChanges = async (deps: Deps, watch: Watch): Promise<void> => {
  for (let first = true; ; first = false) {
    watch.news = false
    const page = await deps.store.changes(deps.workspace, watch.at.position, DOCUMENTS_PER_MESSAGE)
    if (!deps.isCurrent(watch)) return
    if (first || page.documents.length > 0) {
      deps.send({ type: 'changed', documents: page.documents, from: watch.at, to: page.to })
    }
    watch.at = page.to
    if (!page.more && !watch.news) break
    await deps.roomToSend()
    if (!deps.isCurrent(watch)) return
  }
  watch.live = true
}

/** Tells of one publication, or of nothing where that was told with the history. */
export const notice = (watch: Watch, document: DocumentId, publication: Publication): Changed | null => {
  if (publication.entries.length === 0) return null
  if (!watch.live) {
    watch.news = true
    return null
  }
  if (publication.to.position <= watch.at.position) return null
  const from = watch.at
  watch.at = publication.to
  return { type: 'changed', documents: [{ document, head: publication.to.position }], from, to: watch.at }
}
