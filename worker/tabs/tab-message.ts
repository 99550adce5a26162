import { isDocumentId, isWorkspaceId } from '../../protocol/ids.ts'
import type { TabMessage } from '../../protocol/view-messages.ts'
import type { ViewRequest } from '../../protocol/views.ts'

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const MAX_FILTER_LENGTH = 1000

const isRequest = (value: unknown): value is ViewRequest => {
  const { view, place, filter, limit, note, workspace } = record(value)
  switch (view) {
    case 'notes':
      return (
        (place === 'notes' || place === 'trash') &&
        typeof filter === 'string' &&
        filter.length <= MAX_FILTER_LENGTH &&
        isCount(limit)
      )
    case 'note':
      return isDocumentId(note) && (workspace === undefined || isWorkspaceId(workspace))
    case 'receipt':
      return isDocumentId(note)
    case 'sync':
    case 'transfer':
    case 'sync-details':
    case 'recovered':
    case 'lock':
    case 'storage':
    case 'workspaces':
    case 'vault':
    case 'people':
      return true
    default:
      return false
  }
}

/** Reads what a tab sent; null where it is none of the messages of views.ts. */
export const readTabMessage = (data: unknown): TabMessage | null => {
  const { type, watch, request, version, updates, seen } = record(data)
  if (type === 'seen') return typeof seen === 'boolean' ? { type, seen } : null
  if (!isCount(watch)) return null
  switch (type) {
    case 'watch':
      return isRequest(request) ? { type, watch, request } : null
    case 'edit':
      // What the updates hold is judged with the text at hand.
      return isCount(version) && Array.isArray(updates) ? { type, watch, version, updates } : null
    case 'unwatch':
    case 'received':
    case 'reset':
      return { type, watch }
    default:
      return null
  }
}
