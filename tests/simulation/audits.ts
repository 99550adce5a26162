import { isPending } from '../../worker/documents/document-state.ts'
import type { DocumentStore } from '../../worker/storage/document-store.ts'
import { isHeavy } from '../../worker/sync/document/compaction.ts'
import type { RelayMarks } from '../../worker/sync/document/relay-marks.ts'
import { LOG_SLACK_BYTES } from './worker-life.ts'

/** The relay's log as it is now. */
interface Log {
  readonly log: string
  readonly end: number
  readonly stampAt: (position: number) => string | null
}

/** Why a device asks for a log from its start, as far as what it knew before tells. */
export const causeOfReading = (
  before: RelayMarks | undefined,
  { doc }: Pick<DocumentStore, 'doc'>,
  { log, end, stampAt }: Log,
): string => {
  if (before === undefined) return doc.store.clients.size === 0 ? 'first reading' : 'audit: never compared'
  if (before.log !== log) return 'audit: other log'
  if (before.cursor.position > end) return 'audit: shorter log'
  const isAnswered = before.setAside.some(({ answered }) => answered)
  if (before.setAside.some(({ answered }) => !answered)) return 'audit: set aside'
  if (isAnswered) return 'audit: want answered'
  if (isPending(doc) && before.missing > 0) return 'audit: content waits for what is missing'
  if (before.auditDue) return 'audit: something was lacking'
  if (before.acknowledged === null) return 'audit: nothing confirmed yet'
  if (before.cursor.position === 0) return 'first reading'
  if (stampAt(before.cursor.position) !== before.cursor.stamp) return 'audit: wrong stamp'
  if (isHeavy(before.weight, LOG_SLACK_BYTES)) return 'audit: compaction'
  if (before.unread.length > 0) return 'audit: confirmed and not there'
  return 'audit: asked by another device'
}
