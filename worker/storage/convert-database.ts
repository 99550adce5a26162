import type { DatabaseSeal } from './database-seal.ts'
import { FORM, type Form, MARKS, openExisting, SEALED, UPDATES } from './document-databases.ts'
import { completed, requested } from './transactions.ts'

interface Content {
  readonly rowKeys: readonly IDBValidKey[]
  readonly rows: readonly Uint8Array[]
  readonly markKeys: readonly IDBValidKey[]
  readonly marks: readonly unknown[]
}

const read = async (db: IDBDatabase): Promise<Content> => {
  const transaction = db.transaction([UPDATES, MARKS], 'readonly')
  const [updates, custom] = [transaction.objectStore(UPDATES), transaction.objectStore(MARKS)]
  const [rowKeys, rows, markKeys, marks] = await Promise.all([
    requested(updates.getAllKeys()),
    requested(updates.getAll()),
    requested(custom.getAllKeys()),
    requested(custom.getAll()),
  ])
  return { rowKeys, rows, markKeys, marks }
}

const rewritten = async (
  { rows, markKeys, marks }: Content,
  to: Form,
  seal: DatabaseSeal,
): Promise<Pick<Content, 'rows' | 'marks'>> => {
  const value = (key: string, mark: unknown): Promise<unknown> => {
    if (key === FORM) return Promise.resolve(mark)
    return to === 'sealed' ? seal.sealValue(key, mark) : seal.openValue(key, mark as Uint8Array)
  }
  const [newRows, newMarks] = await Promise.all([
    Promise.all(rows.map(row => (to === 'sealed' ? seal.sealRow(row) : seal.openRow(row)))),
    Promise.all(marks.map((mark, index) => value(String(markKeys[index]), mark))),
  ])
  return { rows: newRows, marks: newMarks }
}

/**
 * Gives the database of a document that nobody has open the other form: each row in place, all in one transaction, so
 * that it is in one form or the other whatever happens. Where there is no database, or it has that form, nothing is
 * done. Rejects where it was refused, and then nothing has changed.
 */
export const convertDatabase = async (name: string, to: Form, seal: DatabaseSeal): Promise<void> => {
  const db = await openExisting(name)
  if (db === null) return
  try {
    const content = await read(db)
    const form: Form = content.markKeys.includes(FORM) ? 'sealed' : 'plain'
    if (form === to) return
    const { rows, marks } = await rewritten(content, to, seal)
    const transaction = db.transaction([UPDATES, MARKS], 'readwrite', { durability: 'strict' })
    const done = completed(transaction)
    const [updates, custom] = [transaction.objectStore(UPDATES), transaction.objectStore(MARKS)]
    try {
      for (const [index, row] of rows.entries()) updates.put(row, content.rowKeys[index])
      for (const [index, mark] of marks.entries()) custom.put(mark, content.markKeys[index])
      if (to === 'sealed') custom.put(SEALED, FORM)
      else custom.delete(FORM)
    } catch (error) {
      done.catch(() => undefined) // it is told of below
      transaction.abort() // or the rows so far would be kept, in a form that no mark tells
      throw error
    }
    await done
  } finally {
    db.close()
  }
}
