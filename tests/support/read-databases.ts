/** Everything that lies in this process's IndexedDB, as text in which each byte is a character. */
export const readDatabases = async (): Promise<string> => {
  const found: string[] = []
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(name!)
      opening.onsuccess = () => resolve(opening.result)
      opening.onerror = () => reject(opening.error)
    })
    for (const store of db.objectStoreNames) {
      const reading = db.transaction(store).objectStore(store)
      for (const asked of [reading.getAllKeys(), reading.getAll()]) {
        const values = await new Promise<unknown[]>((resolve, reject) => {
          asked.onsuccess = () => resolve(asked.result)
          asked.onerror = () => reject(asked.error)
        })
        found.push(...values.map(asText))
      }
    }
    db.close()
  }
  return found.join('\n')
}

const asText = (value: unknown): string => {
  if (value instanceof Uint8Array) return String.fromCharCode(...value)
  if (value instanceof ArrayBuffer) return asText(new Uint8Array(value))
  if (value instanceof Map) return [...value].flat().map(asText).join(' ')
  if (Array.isArray(value)) return value.map(asText).join(' ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value).flat().map(asText).join(' ')
}
