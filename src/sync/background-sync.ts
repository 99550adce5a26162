import { OUTBOX_PATH, SYNC_TAG } from '../../protocol/outbox.ts'
import type { SyncValue } from '../../protocol/sync.ts'
import type { ViewFeed } from '../views/view-feed.ts'

/** Background Sync is in no type library; browsers without it have no `sync`. */
interface WithSync {
  readonly scope: string
  readonly sync?: { register(tag: string): Promise<void> }
}

interface BackgroundSyncDeps {
  readonly feed: ViewFeed
  readonly registration: Promise<WithSync>
  /** Whether a service worker answers this page's requests. */
  controlled(): boolean
  request(path: string): Promise<unknown>
}

/**
 * Only a page can ask for Background Sync, and only while it is open: it does so as soon as something is unsent, not
 * when it is closed. With sync off it asks for nothing at all.
 */
export const keepBackgroundSync = ({ feed, registration, controlled, request }: BackgroundSyncDeps): void => {
  let drained = false
  let registered = false

  const register = async () => {
    const { sync } = await registration
    // Refused where the person switched background activity off: then the outbox is drained on the next start.
    await sync?.register(SYNC_TAG).catch(() => {
      registered = false
    })
  }

  const follow = (value: SyncValue): boolean => {
    if (value.phase === 'off') return true
    if (!drained && controlled()) {
      drained = true
      // Without a service worker in between this would reach the server, which knows no such path.
      void request(OUTBOX_PATH).catch(() => {
        drained = false
      })
    }
    const waiting = value.waiting > 0
    if (waiting && !registered) void register()
    registered = waiting
    return true
  }

  feed.watch<'sync'>(
    { view: 'sync' },
    { snapshot: (_, value) => void follow(value), delta: (_, value) => follow(value), unavailable: () => {} },
  )
}
