import { ENVELOPE_OVERHEAD_BYTES } from '../../../protocol/envelope.ts'
import type { DocumentId, WorkspaceId } from '../../../protocol/ids.ts'
import { MAX_OUTBOX_ENTRY_BYTES } from '../../../protocol/limits.ts'
import type { Sealer } from '../../keys/sealer.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { Outbox } from '../relay/outbox-client.ts'
import type { Cut, CutEnvelope } from './acknowledged.ts'

/** One document's place in the outbox. */
export interface OutboxSlot {
  put(update: Uint8Array, previous: Uint8Array, cut: Cut): Promise<void>
  /** What lies there. */
  entry(): CutEnvelope | null
  forget(): void
  /** What lies there or is on its way there leaves out what a log had that is to be read anew: it says nothing now. */
  outdate(): void
  /** The relay has everything: nothing is left to deliver. */
  clear(): Promise<void>
  /** Sealing a long rest again after every key costs more than it saves: milliseconds to wait longer. */
  pauseFor(): number
}

interface Deps {
  readonly outbox: Outbox
  readonly sealer: Sealer
  readonly relay: string
  readonly workspace: WorkspaceId
  readonly document: DocumentId
  readonly generation: () => number
  readonly store: Pick<DocumentStore, 'mark' | 'setMark' | 'save'>
}

const FRAME_BYTES = 1024
const BYTES_PER_MS = 1024

export const createOutboxSlot = ({ outbox, sealer, ...deps }: Deps): OutboxSlot => {
  const { relay, workspace, document } = deps
  let queued: CutEnvelope | null = null
  /** Whether the service worker may hold an entry: from an earlier life of the worker, too. */
  const markKey = `outbox ${relay}`
  const mayHold = (): boolean => deps.store.mark(markKey) === true
  /** Grows when what was put before is outdated. */
  let era = 0
  let lastSize = 0
  let turn: Promise<void> = Promise.resolve()

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    turn = turn.then(work)
    return turn
  }

  return {
    put: (update, previous, cut) => {
      const begun = era
      return inTurn(async () => {
        lastSize = update.length
        // A longer rest waits until the app is open: nothing is lost, the document has it.
        if (update.length > MAX_OUTBOX_ENTRY_BYTES - ENVELOPE_OVERHEAD_BYTES - FRAME_BYTES) return
        const { id, fingerprint, bytes } = await sealer.seal(document, update, previous)
        const generation = deps.generation()
        if (!mayHold()) {
          deps.store.setMark(markKey, true)
          await deps.store.save() // or a worker that comes after a crash would never take the entry back
        }
        const stored = await outbox.put({ relay, workspace, document, envelopes: [bytes], generation })
        queued = stored && begun === era ? { id, fingerprint, ...cut } : null
      })
    },
    entry: () => queued,
    forget: () => {
      queued = null
    },
    outdate: () => {
      era += 1
      queued = null
    },
    clear: () =>
      inTurn(async () => {
        if (!mayHold()) return
        queued = null
        await outbox.remove({ relay, workspace, document })
        deps.store.setMark(markKey, false)
      }),
    pauseFor: () => Math.floor(lastSize / BYTES_PER_MS),
  }
}
