import type { DocumentId } from '../../protocol/ids.ts'
import type { Content, Known, Mark } from '../../protocol/relay-messages.ts'
import type { Publication } from './publication.ts'

/**
 * How far one connection has been told of one document. While history is read (`live` is false) news are not sent but
 * make it read on, so that the log's order is kept; afterwards each piece of news begins where the last one ended.
 */
export interface Subscription {
  readonly document: DocumentId
  readonly request: number
  /** Everything up to here was sent, or is the connection's own. */
  at: Mark
  live: boolean
  /** Something was published since the last page was read. */
  news: boolean
}

export const createSubscription = (document: DocumentId, request: number, at: Mark): Subscription => ({
  document,
  request,
  at,
  live: false,
  news: false,
})

/** What publications of others mean to a subscriber, which follow each other in the log: a message to send, or null. */
export const follow = (subscription: Subscription, news: readonly Publication[]): Content | null => {
  const last = news.findLast(({ entries }) => entries.length > 0)
  if (!last) return null
  if (!subscription.live) {
    subscription.news = true
    return null
  }
  if (last.to.position <= subscription.at.position) return null // read with the history already
  const message = last.contentAfter(subscription.at, subscription.request, news.slice(0, news.indexOf(last)))
  subscription.at = last.to
  return message
}

/** The `known` message to the one who brought it. It moves a subscriber's place only where nothing is skipped. */
export const confirm = (subscription: Subscription | undefined, publication: Publication): Known => {
  let { from, to } = publication
  if (subscription) {
    from = subscription.at
    const isNext = subscription.live && publication.from.position === subscription.at.position
    if (publication.entries.length > 0 && isNext) subscription.at = to
    else {
      // While history is read the own entries come with it, so that here nothing moves.
      if (publication.entries.length > 0) subscription.news = true
      to = subscription.at
    }
  }
  return { type: 'known', document: publication.document, envelopes: publication.known, from, to }
}
