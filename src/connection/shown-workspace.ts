import type { WorkspaceId } from '../../protocol/ids.ts'
import type { WorkspacesValue } from '../../protocol/views.ts'
import type { ViewFeed } from '../views/view-feed.ts'

/** Follows which workspace the page shows; undefined before a worker has told it for the first time. */
export const followShown = (feed: ViewFeed): (() => WorkspaceId | undefined) => {
  let shown: WorkspaceId | undefined
  const see = ({ rows }: WorkspacesValue): void => {
    shown = rows.find(({ current }) => current)?.id ?? shown
  }
  feed.watch<'workspaces'>(
    { view: 'workspaces' },
    {
      snapshot: (_, value) => see(value),
      delta: (_, value) => {
        see(value)
        return true
      },
      unavailable: () => undefined, // each element that shows the workspaces says so
    },
  )
  return () => shown
}
