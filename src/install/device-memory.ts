import type { DeviceId } from '../../protocol/ids.ts'

/** What a page remembers of its device, apart from the databases that may be taken away. Nothing secret. */
export interface Remembered {
  readonly device: DeviceId
  readonly notes: number
  /** Origin of the relay; null while sync is off. */
  readonly relay: string | null
}

export interface DeviceMemory {
  get(): Remembered | null
  set(remembered: Remembered): void
}

const KEY = 'holdfast-device'

const isRemembered = (value: unknown): value is Remembered => {
  if (typeof value !== 'object' || value === null) return false
  const { device, notes, relay } = value as Record<string, unknown>
  return (
    typeof device === 'string' && typeof notes === 'number' && (relay === null || typeof relay === 'string')
  )
}

/**
 * Browsers that take an app's databases away to make room, or throw them out because they are damaged, leave
 * localStorage alone more often than not. Where that is gone or forbidden, nothing is known, and nothing is said.
 */
export const createDeviceMemory = (storage: () => Pick<Storage, 'getItem' | 'setItem'>): DeviceMemory => ({
  get: () => {
    try {
      const value: unknown = JSON.parse(storage().getItem(KEY) ?? 'null')
      return isRemembered(value) ? value : null
    } catch {
      return null // forbidden or nonsense: as if there were nothing
    }
  },
  set: remembered => {
    try {
      const text = JSON.stringify(remembered)
      // Asked for with each change of the status, and it is hardly ever another one.
      if (storage().getItem(KEY) !== text) storage().setItem(KEY, text)
    } catch {
      // Full or forbidden: a loss would go unnoticed, which is no worse than not looking for one.
    }
  },
})
