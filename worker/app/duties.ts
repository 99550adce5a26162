import { isAdmin } from '../../protocol/access/rights.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { Relays } from '../sync/relays.ts'
import { type Membership, owedTo } from '../workspace/membership.ts'
import type { Workspace } from '../workspace/workspace.ts'
import type { SessionRelays } from './session-relays.ts'

/** What every device does by itself once it hears of changes of the membership. */
export interface Duties {
  look(): void
  stop(): void
}

interface Deps {
  readonly workspace: Pick<Workspace, 'access' | 'role' | 'hasRoot' | 'heard'>
  readonly membership: Pick<Membership, 'settle'>
  readonly relays: Pick<SessionRelays, 'isNamingDue' | 'nameOwn'>
  readonly sync: () => Pick<Relays, 'state' | 'audit'> | null
  readonly clock: Clock
  readonly random: Random
}

/** So that of several devices mostly one does it. */
const AFTER_MS = 500
const WITHIN_MS = 4_000

export const createDuties = ({ workspace, membership, relays, sync, clock, random }: Deps): Duties => {
  let cancel: (() => void) | null = null
  /** Who is at it: a sync that was stopped never ends it. */
  let auditing: ReturnType<Deps['sync']> = null

  const isOwed = (): boolean => {
    const access = workspace.access()
    const { rotationDue, ended } = access
    const role = workspace.role()
    if (ended || role === null || !workspace.hasRoot()) return false
    const isKeyOwed = (rotationDue && isAdmin(role)) || owedTo(access, role).length > 0
    return isKeyOwed || relays.isNamingDue()
  }

  /** Without a connection nobody is helped by it, and somebody else may have done it. */
  const isConnected = (): boolean => sync()?.state().link.phase === 'open'

  /** What was taken over from somebody who was out already counts no more: whatever was built on it is sent again. */
  const sendAgain = async (): Promise<void> => {
    const current = sync()
    auditing = current
    const access = workspace.access()
    await current!.audit()
    workspace.heard.forgetLate(access)
    if (auditing === current) auditing = null
  }

  const settle = async (): Promise<void> => {
    cancel = null
    if (!isOwed() || !isConnected()) return
    try {
      await membership.settle()
      if (relays.isNamingDue()) await relays.nameOwn()
    } catch (error) {
      console.error('What is owed to the others could not be said; it is tried again.', (error as Error).name)
    }
  }

  return {
    look: () => {
      if (isConnected() && sync() !== auditing && workspace.heard.isLate(workspace.access())) void sendAgain()
      if (!isOwed() || !isConnected()) return
      cancel ??= clock.after(AFTER_MS + ((WITHIN_MS - AFTER_MS) * random(1)[0]!) / 256, () => void settle())
    },
    stop: () => {
      cancel?.()
      cancel = null
    },
  }
}
