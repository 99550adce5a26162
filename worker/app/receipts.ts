import type { DocumentId } from '../../protocol/ids.ts'
import type { ReceiptValue } from '../../protocol/sync.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { Session } from './session.ts'
import { unchanging } from './unchanging.ts'

/** How far an open note has come. */
export const createReceipt = (session: Session, note: DocumentId): Observable<ReceiptValue> => ({
  get: unchanging(() => session.sync()?.receipt(note) ?? null),
  subscribe: session.onChange,
})
