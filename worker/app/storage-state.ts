import type { DeviceId } from '../../protocol/ids.ts'
import type { StorageValue } from '../../protocol/views.ts'
import { createListeners } from '../listeners.ts'
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
  const listeners = createListeners()
  let kept = keptAtStart
  const compute = (): StorageValue => ({ device, kept, renewed: renewal.get(), loss: loss.get() })
  let value = compute()

  const update = (): void => {
    value = compute()
    listeners.tell()
  }
  loss.subscribe(update)

  return {
    get: () => value,
    subscribe: listeners.add,
    dismiss: async () => {
      kept = 0
      await renewal.dismiss()
      await loss.dismiss()
      update()
    },
  }
}
