import { isWorkspaceId } from '../../protocol/ids.ts'
import { MAX_OUTBOX_ENTRY_BYTES } from '../../protocol/limits.ts'
import { OUTBOX_HEADER, OUTBOX_PATH, type OutboxState } from '../../protocol/outbox.ts'
import { decodeOutboxEntry } from './outbox-entry.ts'
import type { OutboxStore } from './outbox-store.ts'

export interface OutboxHttpDependencies {
  readonly store: OutboxStore
  /** Has the service worker woken when there is a network; never rejects. */
  readonly askForSync: () => Promise<void>
  /** Starts a drain that may go on after the answer. */
  readonly drainSoon: () => void
}

const answer = (status: number, body: unknown = null): Response =>
  new Response(body === null ? null : JSON.stringify(body), {
    status,
    headers: { [OUTBOX_HEADER]: '1', 'content-type': 'application/json', 'cache-control': 'no-store' },
  })

const refusal = (status: number, code: string, message: string): Response =>
  answer(status, { error: { code, message } })

const decodeSegment = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null // a percent sign that begins nothing
  }
}

/**
 * Answers requests below `/outbox/` (see protocol/outbox.ts). A PUT is answered after it is stored and before it is
 * tried: a request that hangs until the last tab closes would otherwise take the changes with it. Anything but 202
 * means "not stored"; a failing store answers 507.
 */
export const createOutboxHttp = ({ store, askForSync, drainSoon }: OutboxHttpDependencies) => {
  const put = async (id: string, request: Request): Promise<Response> => {
    const body = new Uint8Array(await request.clone().arrayBuffer())
    if (body.length > MAX_OUTBOX_ENTRY_BYTES)
      return refusal(413, 'too-large', `An outbox entry has at most ${MAX_OUTBOX_ENTRY_BYTES} bytes.`)
    const decoded = decodeOutboxEntry(id, body)
    if (!decoded.ok) return refusal(400, decoded.error.code, decoded.error.message)
    await store.put(id, request)
    await askForSync() // before the answer: with the last tab gone it would be refused
    drainSoon()
    return answer(202)
  }

  const state = async (): Promise<Response> => {
    const entries = await store.count()
    drainSoon()
    return answer(200, { entries } satisfies OutboxState)
  }

  const clear = async (workspace: string | null): Promise<Response> => {
    if (!isWorkspaceId(workspace)) return refusal(400, 'malformed', 'Name the workspace to be cleared.')
    await store.clear(workspace)
    return answer(202)
  }

  const route = (request: Request, { pathname, searchParams }: URL): Promise<Response> | Response => {
    const segment = pathname.slice(OUTBOX_PATH.length)
    const path = decodeSegment(segment)
    if (path === null)
      return refusal(400, 'malformed', 'The name of the entry is not encoded as it should be.')
    if (path === '') {
      if (request.method === 'GET') return state()
      if (request.method === 'DELETE') return clear(searchParams.get('workspace'))
      return refusal(405, 'malformed', 'Only GET and DELETE are known here.')
    }
    if (request.method === 'PUT') return put(path, request)
    if (request.method === 'DELETE') return store.remove(path).then(() => answer(202))
    return refusal(405, 'malformed', 'Only PUT and DELETE are known here.')
  }

  return async (request: Request): Promise<Response> => {
    try {
      return await route(request, new URL(request.url))
    } catch (error) {
      // The name of the error only: its text could quote what was to be stored.
      return refusal(507, 'internal', `The browser could not store it (${(error as Error).name}).`)
    }
  }
}
