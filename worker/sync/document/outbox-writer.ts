import * as Y from 'yjs'
import { sameState } from '../../documents/document-state.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { Acknowledged } from './acknowledged.ts'
import type { KeptMarks } from './kept-marks.ts'
import type { OutboxSlot } from './outbox-slot.ts'

/** Puts what the relay lacks of a document into the outbox, so that it goes even if this worker ends. */
export interface OutboxWriter {
  /** At once: the connection is lost, or this worker may end. */
  write(): Promise<void>
  /** After a pause: somebody types without a connection. */
  writeSoon(): void
  /** Unless it is confirmed before long. */
  writeUnlessConfirmed(): void
  /** Nothing is waited for any more. */
  endWait(): void
  connected(): void
  stop(): void
}

interface Deps {
  readonly store: Pick<DocumentStore, 'doc' | 'save'>
  readonly clock: Clock
  readonly outbox: OutboxSlot
  readonly marks: KeptMarks
  readonly acknowledged: Acknowledged
  readonly isUnsent: () => boolean
  readonly mayWrite: () => boolean
  readonly onChange: () => void
}

const OFFLINE_PAUSE_MS = 200
const UNCONFIRMED_MS = 2_000

export const createOutboxWriter = ({
  store,
  clock,
  outbox,
  marks,
  acknowledged,
  ...deps
}: Deps): OutboxWriter => {
  let stopped = false
  let cancelSoon = (): void => {}
  let cancelUnconfirmed = (): void => {}

  const write = async (): Promise<void> => {
    cancelSoon()
    if (stopped || !deps.isUnsent() || !deps.mayWrite()) return
    const cut = acknowledged.cut()
    const queued = outbox.entry()
    if (queued !== null && sameState(queued.state, cut.state)) return
    const update = Y.encodeStateAsUpdate(store.doc, marks.get()?.acknowledged?.stateVector)
    await store.save()
    if (stopped || acknowledged.reached(cut)) return
    await outbox.put(update, acknowledged.lastFingerprint(), cut)
    deps.onChange()
  }

  return {
    write,
    writeSoon: () => {
      cancelSoon()
      cancelSoon = clock.after(OFFLINE_PAUSE_MS + outbox.pauseFor(), () => void write())
    },
    writeUnlessConfirmed: () => {
      cancelUnconfirmed = clock.after(UNCONFIRMED_MS, () => void write())
    },
    endWait: () => cancelUnconfirmed(),
    connected: () => cancelSoon(),
    stop: () => {
      stopped = true
      cancelSoon()
      cancelUnconfirmed()
    },
  }
}
