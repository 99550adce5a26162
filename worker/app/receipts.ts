import type { DocumentId } from '../../protocol/ids.ts'
import type { ReceiptValue } from '../../protocol/views.ts'
import type { Observable } from '../tabs/whole-view.ts'
import type { Session } from './session.ts'

/** How far an open note has come. */
export const createReceipt = (session: Session, note: DocumentId): Observable<ReceiptValue> => {
  const compute = (): ReceiptValue => session.sync()?.receipt(note) ?? null
  let value = compute()
  /** The same object as long as nothing changed: a new one would be sent to every tab. */
  const get = (): ReceiptValue => {
    const next = compute()
    if (JSON.stringify(next) !== JSON.stringify(value)) value = next
    return value
  }
  return {
    get,
    subscribe: listener =>
      session.onChange(() => {
        const before = value
        if (get() !== before) listener()
      }),
  }
}
