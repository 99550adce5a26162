import * as Y from 'yjs'
import { MAX_ENVELOPE_BYTES } from '../../../protocol/limits.ts'
import { documentState, sameState } from '../../documents/document-state.ts'
import { contentOf, contentWithout, isEmptyContent } from './update-content.ts'

/** What a document's log holds, as far as it was read or sent. Sizes are in bytes, of sealed envelopes. */
export interface Weight {
  readonly entries: number
  readonly bytes: number
  /** The size of a snapshot when one was last made or measured; 0 before. */
  readonly snapshot: number
}

export const WEIGHTLESS: Weight = { entries: 0, bytes: 0, snapshot: 0 }

/** How much a log may grow beyond twice its snapshot before it is looked at again. */
export const LOG_SLACK_BYTES = 32 * 1024
const LARGEST_BYTES = MAX_ENVELOPE_BYTES - 512 * 1024

/** Whether a log has grown so much that it should be read again, to be compacted. */
export const isHeavy = ({ entries, bytes, snapshot }: Weight, slackBytes: number): boolean =>
  entries > 1 && bytes > 2 * snapshot + slackBytes

/**
 * Whether a snapshot of this size should take the log's place. What is sent for it stays small beside what was sent
 * since the last one, because at least half of its size has come since then.
 */
export const isWorthwhile = (
  { entries, bytes }: Weight,
  snapshotBytes: number,
  slackBytes: number,
): boolean => entries > 1 && snapshotBytes <= LARGEST_BYTES && bytes >= 1.5 * snapshotBytes + slackBytes / 2

/** Whether a snapshot has everything that a document has, deletions included. */
export const covers = (snapshot: Uint8Array, doc: Y.Doc): boolean => {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, snapshot)
  const before = documentState(copy)
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  const covered = sameState(before, documentState(copy))
  copy.destroy()
  return covered
}

/** Those whose whole content a document has, deletions included. */
export const heldIn = <U extends { readonly update: Uint8Array }>(
  doc: Y.Doc,
  updates: readonly U[],
): readonly U[] => {
  if (updates.length === 0) return []
  const held = contentOf(Y.encodeStateAsUpdate(doc))
  return updates.filter(({ update }) => isEmptyContent(contentWithout(contentOf(update), held)))
}
