import type { DeviceStore } from '../storage/device-store.ts'
import { convertDocuments } from './convert-documents.ts'
import { endOpening, endSealing } from './device-lock.ts'
import type { LockScreens } from './lock-screen.ts'
import type { LockState } from './lock-state.ts'

interface Deps {
  readonly store: DeviceStore
  readonly state: LockState
  /** Names of all databases that hold documents. */
  readonly databases: () => Promise<readonly string[]>
  /** Where a person sees how far it is. */
  readonly screens: LockScreens
  /** Whether to leave the rest for the next start. */
  readonly isStopped: () => boolean
}

/** The lock was turned on or off: gives the documents that are left their new form, and once all have it, the keys. */
const convert = async ({ store, state, databases, screens, isStopped }: Deps): Promise<void> => {
  const { lock, keys } = state.opened()!
  const to = lock.phase === 'sealing' ? 'sealed' : 'plain'
  const names = await databases()
  const show = (done: number): void => screens.show({ type: 'converting', to, done, of: names.length })
  show(0)
  const unconverted = await convertDocuments({
    names,
    to,
    sealOf: keys.sealOf,
    onProgress: show,
    isStopped,
  })
  state.setUnconverted(unconverted)
  if (unconverted > 0) return
  // Its settings may have been changed meanwhile.
  const opened = state.opened()!
  if (to === 'sealed') state.become(await endSealing(store, opened))
  else {
    await endOpening(store, opened)
    state.become(null)
  }
}

/** Does what is left of turning the lock on or off; nothing where that is done. */
export const finishConversion = async (deps: Deps): Promise<void> => {
  const { state } = deps
  const opened = state.opened()
  if (opened === null || opened.lock.phase === 'on') return
  try {
    await convert(deps)
  } catch (error) {
    // What is left is done at the next start, and meanwhile documents are used in the form that they have.
    console.error('The documents could not be converted.', error)
    state.setUnconverted(Math.max(state.unconverted(), 1))
  }
}
