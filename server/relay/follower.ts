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
  /** Sends what publications mean to this connection, in their order. `self` is who brought its own. */
  tell(news: readonly Publication[], self: object): void
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

  const confirmOwn = (publication: Publication): void => {
    const { document } = publication
    if (publication.known.length > 0) out.send(confirm(subscriptions.get(document), publication))
    for (const { envelopes, ...refusal } of publication.refused) refused(refusal, document, envelopes)
  }

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
    tell: (news, self) => {
      /** By document, what others brought and this connection was not sent: it goes as one message. */
      const unsent = new Map<DocumentId, Publication[]>()
      const send = (document: DocumentId): void => {
        const subscription = subscriptions.get(document)
        const message = subscription && follow(subscription, unsent.get(document) ?? [])
        unsent.delete(document)
        if (message) out.send(message)
      }
      for (const publication of news) {
        const { document } = publication
        if (publication.origin === self) {
          send(document)
          confirmOwn(publication)
        } else if (subscriptions.has(document)) {
          const before = unsent.get(document)
          if (before) before.push(publication)
          else unsent.set(document, [publication])
        } else if (watch) {
          const message = notice(watch, document, publication)
          if (message) out.send(message)
        }
      }
      for (const document of unsent.keys()) send(document)
    },
    end: () => {
      over = true
      subscriptions.clear()
      watch = null
    },
  }
}
