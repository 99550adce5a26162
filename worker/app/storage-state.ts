import type { DeviceId } from '../../protocol/ids.ts'
import type { StorageValue } from '../../protocol/views.ts'
import type { Session } from './session.ts'

/** What the browser lost, as tabs see it. */
export interface StorageState {
  get(): StorageValue
  subscribe(listener: () => void): () => void
  /** The person has read it. */
  dismiss(): Promise<void>
}

export const createStorageState = (session: Session, device: DeviceId, keptAtStart: number): StorageState => {
  const { loss } = session
  const listeners = new Set<() => void>()
  let kept = keptAtStart
  let value: StorageValue = { device, kept, loss: loss.get() }

  const update = (): void => {
    value = { device, kept, loss: loss.get() }
    for (const listener of [...listeners]) listener()
  }
  loss.subscribe(update)

  return {
    get: () => value,
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    dismiss: async () => {
      kept = 0
      await loss.dismiss()
      update()
    },
  }
}
