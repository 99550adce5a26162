import { createMemoryLogStore as create, createMemoryDisk } from '../../support/memory-log-store.ts'

export * from '../../support/memory-log-store.ts'

const FLUSHED_AFTER_MS = 40

/** Confirms what the disk will have in a moment. */
export const createMemoryLogStore: typeof create = ({ disk, clock, random }) => {
  const cache = createMemoryDisk()
  for (const [id, log] of disk.logs) cache.logs.set(id, log)
  const store = create({ disk: cache, clock, random })
  const flush = (): void => {
    for (const [id, log] of cache.logs) disk.logs.set(id, log)
  }
  const flushed = async <T>(work: Promise<T>): Promise<T> => {
    const outcome = await work
    flush()
    return outcome
  }
  return {
    ...store,
    create: (...args) => flushed(store.create(...args)),
    addStatements: (...args) => flushed(store.addStatements(...args)),
    append: async request => {
      const appended = await store.append(request)
      clock.after(FLUSHED_AFTER_MS, flush)
      return appended
    },
  }
}
