import type { LockScreen } from '../../protocol/lock.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { createInTurn } from '../in-turn.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { Attempts } from './attempts.ts'
import { unlock, WRONG } from './device-lock.ts'
import type { LockState } from './lock-state.ts'
import type { Stages } from './stages.ts'

/** A person's way in. */
export interface Unlocking {
  /** What a person sees before it. */
  screen(): LockScreen
  /** Errors: `wrong-passphrase`, `too-soon`. */
  enter(passphrase: unknown): Promise<Result<null>>
}

interface Deps {
  readonly store: DeviceStore
  readonly attempts: Attempts
  readonly state: LockState
  readonly stages: Stages
  readonly isEnding: () => boolean
  /** The lock is open. */
  readonly onUnlocked: () => void
}

const NOT_LOCKED = ok(null)
const LOCKING = fail('too-soon', 'Holdfast is just being locked. Try again in a moment.')

export const createUnlocking = ({
  store,
  attempts,
  state,
  stages,
  isEnding,
  onUnlocked,
}: Deps): Unlocking => {
  const inTurn = createInTurn()

  const screen = (): LockScreen => ({ type: 'locked', waitMs: attempts.wait() })

  const attempt = async (passphrase: string): Promise<Result<null>> => {
    const now = await stages.now()
    const lock = state.stored()
    if (isEnding()) return LOCKING
    if (now.type !== 'screen' || state.opened() !== null || lock === undefined) return NOT_LOCKED
    if (attempts.wait() > 0)
      return fail('too-soon', `Wait ${Math.ceil(attempts.wait() / 1000)} seconds before you try again.`)
    const opened = await unlock(store, lock, passphrase)
    if (opened === null) {
      await attempts.failed()
      now.screens.show(screen())
      return WRONG
    }
    await attempts.succeeded()
    state.become(opened)
    onUnlocked()
    return ok(null)
  }

  return {
    screen,
    enter: async passphrase => {
      if (typeof passphrase !== 'string') return WRONG
      // Many at once would all be answered before the first is known to be wrong.
      return inTurn(() => attempt(passphrase))
    },
  }
}
