import type { Outcomes } from '../../protocol/commands.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import type { Farewells } from './farewells.ts'
import type { Session } from './session.ts'

/** Whether a device can go, and telling the others that it does. */
export interface Farewell {
  /** Errors: `last-owner`. */
  mayLeave(session: Session): Result<null>
  /** Takes this device out, and says when others hear of it. Where nobody else is there, nobody has to be told. */
  leave(session: Session): Promise<Outcomes['leave-workspace']['told']>
  /** The workspace is deleted for everyone, at every relay as well. Errors: `access-denied`, `sync-off`, `unreachable`, … */
  end(session: Session): Promise<Result<null>>
}

const LAST_OWNER = fail(
  'last-owner',
  'Other people are in this workspace, and you are its only owner. Make somebody else an owner first, or delete it for everyone.',
)

const NOT_OWNER = fail(
  'access-denied',
  'Only an owner can delete a workspace for everyone. You can leave it.',
)

export const createFarewell = (self: string, farewells: Pick<Farewells, 'keep'>): Farewell => {
  /** Somebody else is there, and nobody of them an owner. */
  const wouldOrphan = ({ workspace }: Session): boolean => {
    const { devices, roles } = workspace.access()
    const others = [...devices].filter(([id]) => id !== self)
    return (
      workspace.role() === 'owner' &&
      others.length > 0 &&
      others.every(([, { person }]) => roles.get(person) !== 'owner')
    )
  }

  return {
    mayLeave: session => (wouldOrphan(session) ? LAST_OWNER : ok(null)),
    leave: async session => {
      const { workspace, membership } = session
      const isAlone = workspace.access().devices.size < 2
      if (workspace.role() === null || workspace.access().ended || isAlone) return 'now'
      // One that is not shown has no sync running.
      await session.startSync()
      const said = await membership.remove([self])
      if (!said.ok) return 'never'
      if ((await session.publish()).ok) return 'now'
      return (await farewells.keep(workspace)) ? 'later' : 'never'
    },
    end: async session => {
      const { workspace, membership } = session
      if (workspace.role() !== 'owner') return NOT_OWNER
      await session.startSync()
      // Said only where somebody hears it: it cannot be taken back.
      const heard = await session.publish()
      if (!heard.ok) return heard
      const said = await membership.end()
      return said.ok ? await session.publish() : said
    },
  }
}
