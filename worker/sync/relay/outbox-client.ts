import { encode } from 'cborg'
import type { WorkspaceId } from '../../../protocol/ids.ts'
import {
  OUTBOX_CHANNEL,
  OUTBOX_HEADER,
  OUTBOX_PATH,
  type OutboxEntry,
  type OutboxReport,
  outboxEntryId,
} from '../../../protocol/outbox.ts'
import type { Fetch } from './relay-http.ts'

/** The service worker's store of what no relay has confirmed, which it delivers with every tab closed. */
export interface Outbox {
  /** Whether the service worker has it on disk now, in place of an older one for the same document. */
  put(entry: OutboxEntry): Promise<boolean>
  remove(entry: Pick<OutboxEntry, 'relay' | 'workspace' | 'document'>): Promise<void>
  /** Nothing of a workspace may leave this device any more. */
  clear(workspace: WorkspaceId): Promise<void>
  onReport(listener: (report: OutboxReport) => void): () => void
}

const address = (entry: Pick<OutboxEntry, 'relay' | 'workspace' | 'document'>): string =>
  OUTBOX_PATH + encodeURIComponent(outboxEntryId(entry.relay, entry.workspace, entry.document))

export const createOutboxClient = (fetch: Fetch): Outbox => {
  const channel = new BroadcastChannel(OUTBOX_CHANNEL)
  const ask = async (path: string, init: RequestInit): Promise<boolean> => {
    try {
      const response = await fetch(path, init)
      // Before the service worker controls this worker, the request reaches a server, which knows no such path.
      return response.status === 202 && response.headers.get(OUTBOX_HEADER) === '1'
    } catch {
      return false // no service worker and no server: the document itself still has the change
    }
  }
  return {
    put: entry => ask(address(entry), { method: 'PUT', body: new Uint8Array(encode(entry)) }),
    remove: async entry => {
      await ask(address(entry), { method: 'DELETE' })
    },
    clear: async workspace => {
      await ask(`${OUTBOX_PATH}?workspace=${workspace}`, { method: 'DELETE' })
    },
    onReport: listener => {
      const receive = ({ data }: MessageEvent<OutboxReport>): void => listener(data)
      channel.addEventListener('message', receive)
      return () => channel.removeEventListener('message', receive)
    },
  }
}
