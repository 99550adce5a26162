import type { Page } from '@playwright/test'
import { DEVICE_DATABASE, DEVICE_KEYS } from '../../../protocol/device-database.ts'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'

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

/**
 * Deletes this origin's IndexedDB databases whose names match, and returns the names. A service worker that holds one
 * of them open is stopped, as a browser does that needs the space: it may be at work in the background at any time.
 */
export const deleteDatabases = async (page: Page, names: RegExp): Promise<string[]> => {
  const session = await page.context().newCDPSession(page)
  await session.send('ServiceWorker.enable')
  await page.exposeFunction('stopServiceWorkers', () => session.send('ServiceWorker.stopAllWorkers'))
  return page.evaluate(async pattern => {
    const wanted = new RegExp(pattern)
    const doomed = (await indexedDB.databases()).flatMap(({ name }) =>
      name && wanted.test(name) ? [name] : [],
    )
    for (const name of doomed)
      await new Promise<void>((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name)
        request.onsuccess = () => resolve()
        request.onerror = () => reject(request.error)
        request.onblocked = () => Reflect.get(window, 'stopServiceWorkers')()
      })
    return doomed
  }, names.source)
}

/** Keeps everybody from reading this origin's index, until what it resolves with is called. */
export const holdIndex = async (page: Page): Promise<() => Promise<void>> => {
  await page.evaluate(async home => {
    const name = (await indexedDB.databases()).find(found => found.name?.endsWith(` ${home}`))?.name
    if (!name) throw new Error('There is no index.')
    const opening = indexedDB.open(name)
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    const updates = database.transaction('updates', 'readwrite').objectStore('updates')
    await new Promise<void>(resolve => {
      const goOn = (): void => {
        resolve()
        if (!Reflect.has(window, 'indexIsFree')) updates.count().onsuccess = goOn
        else database.close()
      }
      updates.count().onsuccess = goOn
    })
  }, HOME_DOCUMENT)
  return () => page.evaluate(() => void Reflect.set(window, 'indexIsFree', true))
}

/** The titles that the next start will show before it has read the index; null where there are none. */
export const firstTitles = (page: Page): Promise<readonly string[] | null> =>
  page.evaluate(async home => {
    const name = (await indexedDB.databases()).find(found => found.name?.endsWith(` ${home}`))?.name
    if (!name) return null
    const settled = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const database = await settled(indexedDB.open(name))
    const kept: { rows: { title: string }[] } | undefined = await settled(
      database.transaction('custom').objectStore('custom').get('first list'),
    )
    database.close()
    return kept?.rows.map(({ title }) => title) ?? null
  }, HOME_DOCUMENT)

/** The device's private keys, encrypted as they lie there. */
export const wrappedKeys = async (page: Page): Promise<readonly Uint8Array[]> => {
  const keys = await page.evaluate(
    async ([name, key]) => {
      const settled = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
      const database = await settled(indexedDB.open(name))
      const { signing, opening } = await settled(database.transaction('keys').objectStore('keys').get(key))
      database.close()
      return [signing, opening].map(({ wrapped }: { wrapped: Uint8Array }) => [...wrapped])
    },
    [DEVICE_DATABASE, DEVICE_KEYS] as const,
  )
  return keys.map(bytes => Uint8Array.from(bytes))
}

/** Has the device lock come after so many minutes, fewer than anybody can choose, from the next start on. */
export const shortenIdleTime = (page: Page, minutes: number): Promise<void> =>
  page.evaluate(
    async ([name, idleMinutes]) => {
      const settled = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
      const database = await settled(indexedDB.open(name))
      const keys = database.transaction('keys', 'readwrite').objectStore('keys')
      await settled(keys.put({ ...(await settled(keys.get('lock'))), idleMinutes }, 'lock'))
      database.close()
    },
    [DEVICE_DATABASE, minutes] as const,
  )
