import type { DeviceId } from '../../protocol/ids.ts'
import type { StorageValue } from '../../protocol/views.ts'
import type { Renewal } from './renewal.ts'
import type { Session } from './session.ts'

/** What the browser lost, as tabs see it. */
export interface StorageState {
  get(): StorageValue
  subscribe(listener: () => void): () => void
  /** The person has read it. */
  dismiss(): Promise<void>
}

export const createStorageState = (
  session: Session,
  device: DeviceId,
  renewal: Renewal,
  keptAtStart: number,
): StorageState => {
  const { loss } = session
  const listeners = new Set<() => void>()
  let kept = keptAtStart
  const compute = (): StorageValue => ({ device, kept, renewed: renewal.get(), loss: loss.get() })
  let value = compute()

  const update = (): void => {
    value = compute()
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
      await renewal.dismiss()
      await loss.dismiss()
      update()
    },
  }
}
