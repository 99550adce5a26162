import type { Place } from '../../../protocol/notes.ts'

/** What the fake worker has of a note on its "disk", which outlives it. */
export interface DiskNote {
  readonly id: string
  readonly text: string
  readonly folder: string
  readonly place: Place
  readonly updated: number
  readonly counts?: readonly (readonly [string, number])[]
}

const CACHE = 'fake-disk'
const KEY = '/fake-disk'

export const readDisk = async (): Promise<DiskNote[]> => {
  const found = await (await caches.open(CACHE)).match(KEY)
  return found ? ((await found.json()) as DiskNote[]) : []
}

export const writeDisk = async (notes: readonly DiskNote[]): Promise<void> => {
  await (await caches.open(CACHE)).put(KEY, new Response(JSON.stringify(notes)))
}
