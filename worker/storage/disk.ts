import { openDB } from 'idb'
import type * as Y from 'yjs'
import { convertDatabase } from './convert-database.ts'
import type { SealOf } from './database-seal.ts'
import { FORM, type Form, MARKS, readForm, SEALED, UPDATES } from './document-databases.ts'
import type { DocumentRows } from './document-rows.ts'
import { openPlainRows } from './plain-rows.ts'
import { finishRewriting } from './rewrite-database.ts'
import { openSealedRows } from './sealed-rows.ts'

/** How the documents of this device are kept: as they are, or sealed. */
export interface Disk {
  /** Loads a document from its database, which is made if need be. Rejects where that cannot be opened. */
  open(name: string, doc: Y.Doc, onRefused: (error: unknown) => void): Promise<DocumentRows>
  /** Makes a document's database with its first content, or adds the content to the one that is there. */
  create(name: string, update: Uint8Array): Promise<void>
}

const createDatabase = async (name: string, row: Uint8Array, form: Form): Promise<void> => {
  let isNew = false
  const db = await openDB(name, 1, {
    upgrade: (database, _from, _to, transaction) => {
      isNew = true
      database.createObjectStore(UPDATES, { autoIncrement: true })
      database.createObjectStore(MARKS)
      // In the very transaction that makes the database: thousands of notes are imported in a row.
      const written = [transaction.objectStore(UPDATES).add(row)]
      if (form === 'sealed') written.push(transaction.objectStore(MARKS).put(SEALED, FORM))
      for (const request of written) request.catch(() => undefined) // the opening itself fails with it
    },
  })
  try {
    if (isNew) return
    const transaction = db.transaction(UPDATES, 'readwrite', { durability: 'strict' })
    await Promise.all([transaction.store.add(row), transaction.done])
  } finally {
    db.close()
  }
}

/** Without the device lock: the stock provider writes what is there as it is. */
export const plainDisk: Disk = {
  open: openPlainRows,
  create: (name, update) => createDatabase(name, update, 'plain'),
}

/** With the device lock. */
const createSealedDisk = (sealOf: SealOf): Disk => ({
  open: async (name, doc, onRefused) => openSealedRows(name, doc, await sealOf(name), onRefused),
  create: async (name, update) => {
    const seal = await sealOf(name)
    await createDatabase(name, await seal.sealRow(update), 'sealed')
  },
})

/**
 * `wanted`: how documents are kept from now on. `all`: every one is kept so already. Where that is not sure, one that
 * is not is converted as it is opened; where that is refused, for want of space, it is used as it is.
 */
export const createDisk = (wanted: Form, all: boolean, sealOf: SealOf): Disk => {
  const disks = { plain: plainDisk, sealed: createSealedDisk(sealOf) }
  if (all) return disks[wanted]

  const formOf = async (name: string): Promise<Form> => {
    await finishRewriting(name)
    const form = await readForm(name)
    if (form === null || form === wanted) return wanted
    try {
      await convertDatabase(name, wanted, await sealOf(name))
      return wanted
    } catch {
      return form
    }
  }
  return {
    open: async (name, doc, onRefused) => disks[await formOf(name)].open(name, doc, onRefused),
    create: async (name, update) => disks[await formOf(name)].create(name, update),
  }
}
