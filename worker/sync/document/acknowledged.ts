import { FINGERPRINT_BYTES } from '../../../protocol/envelope.ts'
import type { EnvelopeId } from '../../../protocol/ids.ts'
import { type DocumentState, documentState, isEmptyState, sameState } from '../../documents/document-state.ts'
import type { DocumentStore } from '../../storage/document-store.ts'
import type { KeptMarks } from './kept-marks.ts'

/** A moment at which something was taken from the document to be sent, and what it held then. */
export interface Cut {
  readonly state: DocumentState
  /** Later cuts have higher numbers. */
  readonly cut: number
}

/** What was cut, in the envelope with this fingerprint. */
export interface CutEnvelope extends Cut {
  readonly id: EnvelopeId
  /** The next envelope's `previous`. */
  readonly fingerprint: Uint8Array
}

/** How far the relay has confirmed a document: what it may lack is all that came since. */
export interface Acknowledged {
  /** Compares the document with what was confirmed, deletions too (SYNC-3). */
  differs(): boolean
  cut(): Cut
  /** Whether this or something later was confirmed. */
  reached(cut: Cut): boolean
  /** The relay has an envelope, and with it all that was here when it was cut. `isRead`: the cursor passed it. */
  confirm(envelope: CutEnvelope, isRead: boolean): void
  /** Envelopes of ours that were read in the log: the service worker may report them as delivered only after that. */
  cameBack(own: readonly EnvelopeId[]): void
  /** The whole log was read, and holds what is here. */
  confirmAll(state: DocumentState): void
  /** Of our last envelope that was confirmed; zeros where there is none. */
  lastFingerprint(): Uint8Array
  /**
   * The log is read from its start, where our chain of envelopes may have been cut off. What was cut before leaves out
   * what another log had: if this one gets it, nothing is confirmed by that.
   */
  startAnew(): void
}

interface Deps {
  readonly store: Pick<DocumentStore, 'doc'>
  readonly marks: KeptMarks
  /** False where the relay may lack something that is neither unsent nor on its way. */
  readonly isWhole: () => boolean
}

const NO_FINGERPRINT = new Uint8Array(FINGERPRINT_BYTES)
const OWN_REMEMBERED = 32

export const createAcknowledged = ({ store, marks, isWhole }: Deps): Acknowledged => {
  const { doc } = store
  let cuts = 0
  let lastCut = 0
  let lastFingerprint: Uint8Array = NO_FINGERPRINT
  let readOwn: readonly EnvelopeId[] = []

  const cut = (): Cut => {
    cuts += 1
    return { cut: cuts, state: documentState(doc) }
  }

  return {
    differs: () => {
      const state = documentState(doc)
      const acknowledged = marks.get()?.acknowledged
      return acknowledged ? !sameState(acknowledged, state) : !isEmptyState(state)
    },
    cut,
    reached: ({ cut }) => lastCut >= cut,
    confirm: (envelope, isRead) => {
      if (envelope.cut <= lastCut) return
      lastCut = envelope.cut
      lastFingerprint = envelope.fingerprint
      const unread = marks.get()?.unread ?? []
      const isCertain = isRead || readOwn.includes(envelope.id)
      marks.set({
        ...(isWhole() ? { acknowledged: envelope.state } : {}),
        relayed: null,
        unread: isCertain ? unread : [...unread, envelope.id],
      })
    },
    cameBack: own => {
      readOwn = [...readOwn, ...own].slice(-OWN_REMEMBERED)
    },
    confirmAll: state => {
      cuts += 1
      lastCut = cuts
      marks.set({ acknowledged: state })
    },
    lastFingerprint: () => lastFingerprint,
    startAnew: () => {
      lastCut = cuts
      lastFingerprint = NO_FINGERPRINT
    },
  }
}
