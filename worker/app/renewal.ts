import type { Renewed } from '../../protocol/views.ts'
import type { DeviceStore } from '../storage/device-store.ts'

/** What was taken over from workspaces of an earlier version, kept until the person has read it. */
export interface Renewal {
  get(): Renewed | null
  add(taken: Renewed): Promise<void>
  dismiss(): Promise<void>
}

const RENEWED = 'renewed'

export const loadRenewal = async (store: Pick<DeviceStore, 'note' | 'setNote'>): Promise<Renewal> => {
  const kept = await store.note(RENEWED)
  let value = kept === undefined ? null : (JSON.parse(kept) as Renewed)
  return {
    get: () => value,
    add: async ({ notes, synced }) => {
      if (notes === 0 && !synced) return // nothing that anybody would miss
      value = { notes: (value?.notes ?? 0) + notes, synced: synced || value?.synced === true }
      await store.setNote(RENEWED, JSON.stringify(value))
    },
    dismiss: async () => {
      value = null
      await store.setNote(RENEWED, null)
    },
  }
}
