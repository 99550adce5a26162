import type { DocumentId } from '../../protocol/ids.ts'
import type { Load } from '../../protocol/relay-messages.ts'
import type { LogStore } from '../log/log-store.ts'
import type { Refusal } from '../refusal.ts'
import { sendHistory } from './history.ts'
import type { Outgoing } from './outgoing.ts'
import type { Publication } from './publication.ts'
import type { RelayLog } from './relay-log.ts'
import { confirm, createSubscription, follow, type Subscription } from './subscription.ts'
import { notice, sendChanges, type Watch } from './watch.ts'
import type { Workspace } from './workspace.ts'

/** What one connection follows: the documents it loaded, and the list of changed ones. */
export interface Follower {
  /** Resolves when news count from here on; the history itself is sent in its turn. */
  load(message: Load): Promise<void>
  leave(document: DocumentId): void
  watch(after: number): Promise<void>
  follows(document: DocumentId): boolean
  /** Sends what a publication means to this connection. `own`: it brought the envelopes itself. */
  tell(publication: Publication, own: boolean): void
  end(): void
}

interface Deps {
  readonly workspace: Workspace
  readonly store: LogStore
  readonly out: Outgoing
  readonly refused: (refusal: Refusal, document: DocumentId | null, envelopes?: readonly string[]) => void
  readonly relayLog: RelayLog
}

const UNREADABLE: Refusal = {
  code: 'internal',
  message: 'The relay could not read its log. Ask again later.',
}

export const createFollower = ({ workspace, store, out, refused, relayLog }: Deps): Follower => {
  const subscriptions = new Map<DocumentId, Subscription>()
  let watch: Watch | null = null
  let over = false
  /** One history at a time: however many documents a client asks for, one page of them is in memory. */
  let histories: Promise<void> = Promise.resolve()
  const reading = { store, workspace: workspace.id, send: out.send, roomToSend: out.roomToSend }

  return {
    load: async ({ document, after, request }) => {
      const subscription = createSubscription(document, request, await store.mark(workspace.id, after))
      if (over) return
      subscriptions.set(document, subscription)
      const isCurrent = (): boolean => subscriptions.get(document) === subscription
      histories = histories
        .then(async () => {
          if (isCurrent()) await sendHistory({ ...reading, isCurrent }, subscription)
        })
        .catch(error => {
          relayLog.failed('load', error)
          if (isCurrent()) subscriptions.delete(document)
          refused(UNREADABLE, document)
        })
    },
    leave: document => void subscriptions.delete(document),
    watch: async after => {
      const begun: Watch = { at: await store.mark(workspace.id, after), live: false, news: false }
      if (over) return
      watch = begun
      const isCurrent = (): boolean => watch === begun
      histories = histories
        .then(async () => {
          if (isCurrent()) await sendChanges({ ...reading, isCurrent }, begun)
        })
        .catch(error => {
          relayLog.failed('watch', error)
          if (isCurrent()) watch = null
          refused(UNREADABLE, null)
        })
    },
    follows: document => subscriptions.has(document),
    tell: (publication, own) => {
      const { document } = publication
      const subscription = subscriptions.get(document)
      if (own) {
        if (publication.known.length > 0) out.sendEncoded(confirm(subscription, publication))
        for (const { envelopes, ...refusal } of publication.refused) refused(refusal, document, envelopes)
      } else if (subscription) {
        const message = follow(subscription, publication)
        if (message) out.sendEncoded(message)
      } else if (watch) {
        const message = notice(watch, document, publication)
        if (message) out.send(message)
      }
    },
    end: () => {
      over = true
      subscriptions.clear()
      watch = null
    },
  }
}
