import type { createViewFeed } from './view-feed.ts'

/** Tells the worker whether anybody can see the page: one that is seen comes first. */
export const tellSeen = (
  page: Pick<Document, 'visibilityState' | 'addEventListener'>,
  feed: Pick<ReturnType<typeof createViewFeed>, 'seen'>,
): void => {
  const tell = () => feed.seen(page.visibilityState !== 'hidden')
  page.addEventListener('visibilitychange', tell)
  tell()
}
