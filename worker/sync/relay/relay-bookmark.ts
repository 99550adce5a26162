import type { WorkspaceId } from '../../../protocol/ids.ts'
import type { DeviceStore } from '../../storage/device-store.ts'
import type { Bookmark } from '../../storage/stored-progress.ts'

/** Up to where everything of a relay's log was taken over, in memory and on the disk. */
export interface RelayBookmark {
  get(): Bookmark | null
  set(bookmark: Bookmark): void
}

export const loadRelayBookmark = async (
  store: Pick<DeviceStore, 'bookmark' | 'setBookmark'>,
  workspace: WorkspaceId,
  relay: string,
): Promise<RelayBookmark> => {
  let bookmark = (await store.bookmark(workspace, relay)) ?? null
  return {
    get: () => bookmark,
    set: next => {
      if (next.log === bookmark?.log && next.position === bookmark.position) return
      bookmark = next
      void store.setBookmark(workspace, relay, next)
    },
  }
}
