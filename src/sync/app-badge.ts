import type { SyncValue } from '../../protocol/sync.ts'
import type { ViewFeed } from '../views/view-feed.ts'

/** Of the browser: there only for apps that can be installed. */
export interface Badge {
  setAppBadge?(count: number): Promise<void>
  clearAppBadge?(): Promise<void>
}

/** Shows on the app's icon how many changes no relay has confirmed; nothing while sync is off. */
export const keepAppBadge = (feed: ViewFeed, badge: Badge): void => {
  let shown: number | null = null

  const show = async (waiting: number): Promise<void> => {
    if (waiting === shown) return
    shown = waiting
    try {
      await (waiting > 0 ? badge.setAppBadge?.(waiting) : badge.clearAppBadge?.())
    } catch {
      // The person or the system does not want badges; the app's own line says the same.
    }
  }
  const follow = ({ waiting }: SyncValue): boolean => {
    void show(waiting)
    return true
  }

  feed.watch<'sync'>(
    { view: 'sync' },
    { snapshot: (_, value) => void follow(value), delta: (_, value) => follow(value), unavailable: () => {} },
  )
}
