import * as Y from 'yjs'
import type { Disk } from './disk.ts'

interface Inner {
  readonly _databases: Map<
    string,
    {
      readonly rawObjectStores: Map<string, { readonly records: { values(): Iterable<{ value: unknown }> } }>
    }
  >
}

/** The names of a disk's databases. */
export const databasesOn = ({ databases }: Disk): string[] => [
  ...(databases as unknown as Inner)._databases.keys(),
]

/** What lies in an object store, read behind everybody's back; null where there is no such database. */
export const rowsOn = ({ databases }: Disk, database: string, store: string): unknown[] | null => {
  const found = (databases as unknown as Inner)._databases.get(database)?.rawObjectStores.get(store)
  return found ? [...found.records.values()].map(({ value }) => value) : null
}

/** What a document's database holds. */
export const docOn = (disk: Disk, database: string): Y.Doc => {
  const doc = new Y.Doc()
  for (const row of rowsOn(disk, database, 'updates') ?? []) Y.applyUpdate(doc, row as Uint8Array)
  return doc
}

/** Takes a database away that nobody has open. */
export const loseDatabase = ({ databases }: Disk, name: string): void =>
  void (databases as unknown as Inner)._databases.delete(name)
