import type { DocumentId, WorkspaceId } from '../../protocol/ids.ts'
import { CONTENT_CHUNK_BYTES } from '../../protocol/limits.ts'
import type { Content, Done } from '../../protocol/relay-messages.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Subscription } from './subscription.ts'

interface Deps {
  readonly store: LogStore
  readonly workspace: WorkspaceId
  readonly send: (message: Content | Done) => void
  /** Resolves when the client has read enough of what was sent. */
  readonly roomToSend: () => Promise<void>
  /** False once the subscription was replaced or left, or the connection is gone. */
  readonly isCurrent: (subscription: Subscription) => boolean
}

const ENTRIES_PER_PAGE = 5000

/**
 * Answers a `load`: at least one `content`, then `done`; from then on the subscription is live. There is no moment
 * between the last page and being live, so no entry falls between them. Rejects where the store does.
 */
export const sendHistory = async (deps: Deps, subscription: Subscription): Promise<void> => {
  const { document, request } = subscription
  for (let first = true; ; first = false) {
    subscription.news = false
    const page = await readPage(deps, document, subscription.at.position)
    if (!deps.isCurrent(subscription)) return
    const from = subscription.at
    const last = page.entries.at(-1)
    if (last) subscription.at = { position: last.position, stamp: last.stamp }
    if (last || first) {
      const entries = page.entries.map(({ position, envelope }) => ({ position, envelope }))
      deps.send({ type: 'content', document, request, from, to: subscription.at, entries })
    }
    // Asked for what comes after the document's end: the log is shorter than the client knew it.
    if (page.head.position < subscription.at.position) subscription.at = page.head
    if (!page.more && !subscription.news) break
    await deps.roomToSend()
    if (!deps.isCurrent(subscription)) return
  }
  subscription.live = true
  deps.send({ type: 'done', document, request, head: subscription.at })
}

const readPage = ({ store, workspace }: Deps, document: DocumentId, after: number) =>
  store.read(workspace, { document, after, maxEntries: ENTRIES_PER_PAGE, maxBytes: CONTENT_CHUNK_BYTES })
