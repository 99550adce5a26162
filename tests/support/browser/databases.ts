import type { Page } from '@playwright/test'

/** The names of this origin's IndexedDB databases in which a text stands anywhere, in plain. */
export const databasesWith = (page: Page, text: string): Promise<string[]> =>
  page.evaluate(async wanted => {
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const holds = (value: unknown): boolean => {
      if (typeof value === 'string') return value.includes(wanted)
      if (value instanceof ArrayBuffer) return holds(new TextDecoder().decode(value))
      if (ArrayBuffer.isView(value)) return holds(new TextDecoder().decode(value))
      if (typeof value !== 'object' || value === null) return false
      return Object.entries(value).some(([key, item]) => holds(key) || holds(item))
    }
    const found: string[] = []
    for (const { name } of await indexedDB.databases()) {
      if (!name) continue
      const database = await settled(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store)
        const [keys, values] = await Promise.all([settled(objects.getAllKeys()), settled(objects.getAll())])
        if (holds(keys) || holds(values)) found.push(name)
      }
      database.close()
    }
    return found
  }, text)

/** How many entries the outbox holds. */
export const outboxEntries = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const answer = await fetch('/outbox/')
    if (answer.headers.get('holdfast-outbox') !== '1') throw new Error('No service worker answered.')
    return ((await answer.json()) as { entries: number }).entries
  })

/** Deletes this origin's IndexedDB databases whose names match, and returns the names. */
export const deleteDatabases = (page: Page, names: RegExp): Promise<string[]> =>
  page.evaluate(async pattern => {
    const wanted = new RegExp(pattern)
    const doomed = (await indexedDB.databases()).flatMap(({ name }) =>
      name && wanted.test(name) ? [name] : [],
    )
    for (const name of doomed)
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name)
        request.onsuccess = () => resolve()
        request.onerror = () => reject(request.error)
      })
    return doomed
  }, names.source)
