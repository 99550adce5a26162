import type { DatabaseSeal } from './database-seal.ts'
import { FORM, type Form, MARKS, SEALED, UPDATES } from './document-databases.ts'
import { type DatabaseContent, finishRewriting, readContent, rewriteDatabase } from './rewrite-database.ts'
import { completed, openExisting } from './transactions.ts'

const storeOf = ({ stores }: DatabaseContent, name: string) => {
  const found = stores.find(store => store.name === name)
  if (found === undefined) throw new Error('This is no database of a document.')
  return found
}

const formOf = (content: DatabaseContent): Form =>
  storeOf(content, MARKS).keys.includes(FORM) ? 'sealed' : 'plain'

const sealed = async (content: DatabaseContent, seal: DatabaseSeal): Promise<DatabaseContent> => {
  const [updates, marks] = [storeOf(content, UPDATES), storeOf(content, MARKS)]
  const [rows, values] = await Promise.all([
    Promise.all(updates.values.map(row => seal.sealRow(row as Uint8Array))),
    Promise.all(marks.values.map((value, index) => seal.sealValue(String(marks.keys[index]), value))),
  ])
  return {
    ...content,
    stores: [
      { ...updates, values: rows },
      { ...marks, keys: [...marks.keys, FORM], values: [...values, SEALED] },
    ],
  }
}

/** Each row in place, all in one transaction: what was sealed may stay where it lay. */
const openInPlace = async (db: IDBDatabase, content: DatabaseContent, seal: DatabaseSeal): Promise<void> => {
  const [updates, marks] = [storeOf(content, UPDATES), storeOf(content, MARKS)]
  const keys = marks.keys.filter(key => key !== FORM)
  const sealedMark = (key: IDBValidKey) => marks.values[marks.keys.indexOf(key)] as Uint8Array
  const [rows, values] = await Promise.all([
    Promise.all(updates.values.map(row => seal.openRow(row as Uint8Array))),
    Promise.all(keys.map(key => seal.openValue(String(key), sealedMark(key)))),
  ])
  const transaction = db.transaction([UPDATES, MARKS], 'readwrite', { durability: 'strict' })
  const done = completed(transaction)
  const [rowStore, markStore] = [transaction.objectStore(UPDATES), transaction.objectStore(MARKS)]
  try {
    for (const [index, row] of rows.entries()) rowStore.put(row, updates.keys[index])
    for (const [index, value] of values.entries()) markStore.put(value, keys[index])
    markStore.delete(FORM)
  } catch (error) {
    done.catch(() => undefined) // it is told of below
    transaction.abort() // or the rows so far would be kept, in a form that no mark tells
    throw error
  }
  await done
}

/**
 * Gives the database of a document that nobody has open the other form, so that it is in one form or the other whatever
 * happens; see `rewriteDatabase` for what is left when it is cut short. Where there is no database, or it has that form,
 * nothing is done. Rejects where it was refused.
 */
export const convertDatabase = async (name: string, to: Form, seal: DatabaseSeal): Promise<void> => {
  await finishRewriting(name)
  const db = await openExisting(name)
  if (db === null) return
  try {
    const content = await readContent(db)
    if (formOf(content) === to) return
    if (to === 'plain') {
      await openInPlace(db, content, seal)
      return
    }
    const next = await sealed(content, seal)
    db.close()
    await rewriteDatabase(name, next)
  } finally {
    db.close()
  }
}
