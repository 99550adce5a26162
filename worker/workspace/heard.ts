import type { Cut, Cuts } from '../../protocol/access/acts.ts'
import type { Access } from '../../protocol/access/judge.ts'
import { mayStillCount, mayWrite } from '../../protocol/access/rights.ts'
import type { DeviceId, SessionId, WorkspaceId } from '../../protocol/ids.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'

/**
 * How far each device's envelopes were taken over here. A removal says by it what still counts of the removed one. A
 * write that is lost in a crash makes that a little less, which costs nothing: whatever was taken over by somebody is
 * sent again by them.
 */
export interface Heard {
  note(device: DeviceId, session: SessionId, sequence: number): void
  /** The newest sessions of each; no more of all than fit one statement. */
  cutsOf(devices: readonly DeviceId[]): Cuts
  /** Whether something was taken over that counts no more. */
  isLate(access: Access): boolean
  /** What was built on it was sent again. */
  forgetLate(access: Access): void
  flush(): Promise<void>
}

interface Deps {
  readonly workspace: WorkspaceId
  readonly store: Pick<DeviceStore, 'note' | 'setNote'>
  readonly clock: Pick<Clock, 'after'>
}

const PAUSE_MS = 1_000
/** What falls out of a cut costs nothing either: whoever took it over sends it again. */
const MOST_SESSIONS = 2_000

export const loadHeard = async ({ workspace, store, clock }: Deps): Promise<Heard> => {
  const name = `heard ${workspace}`
  const stored = JSON.parse((await store.note(name)) ?? '{}') as Record<DeviceId, Cut>
  const heard = new Map(Object.entries(stored).map(([device, cut]) => [device, new Map(Object.entries(cut))]))
  let cancel: (() => void) | null = null

  const write = async (): Promise<void> => {
    cancel?.()
    cancel = null
    const all = [...heard].map(([device, sessions]) => [device, Object.fromEntries(sessions)])
    await store.setNote(name, JSON.stringify(Object.fromEntries(all)))
  }
  const writeSoon = (): void => {
    // A full disk is told about by the documents.
    cancel ??= clock.after(PAUSE_MS, () => void write().catch(() => undefined))
  }

  const lateIn = (access: Access): { readonly device: DeviceId; readonly session: SessionId }[] =>
    // It is asked with each change of the status, and nearly all of the sessions are of those who may write.
    [...heard].flatMap(([device, sessions]) =>
      mayWrite(access, device)
        ? []
        : [...sessions].flatMap(([session, sequence]) =>
            mayStillCount(access, device, session, sequence) ? [] : [{ device, session }],
          ),
    )

  return {
    note: (device, session, sequence) => {
      const sessions = heard.get(device) ?? new Map<SessionId, number>()
      if ((sessions.get(session) ?? 0) >= sequence) return
      // The newest last, so that the oldest are the ones that a cut has no room for.
      sessions.delete(session)
      sessions.set(session, sequence)
      heard.set(device, sessions)
      writeSoon()
    },
    cutsOf: devices => {
      const each = Math.max(1, Math.floor(MOST_SESSIONS / devices.length))
      return Object.fromEntries(
        devices.map(device => [device, Object.fromEntries([...(heard.get(device) ?? [])].slice(-each))]),
      )
    },
    isLate: access => lateIn(access).length > 0,
    forgetLate: access => {
      for (const { device, session } of lateIn(access)) {
        const cut = access.cuts.get(device)?.[session]
        if (cut === undefined) heard.get(device)!.delete(session)
        else heard.get(device)!.set(session, cut)
      }
      writeSoon()
    },
    flush: async () => {
      if (cancel !== null) await write()
    },
  }
}
