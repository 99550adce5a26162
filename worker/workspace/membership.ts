import type { Act, PersonId, Role } from '../../protocol/access/acts.ts'
import type { Access } from '../../protocol/access/judge.ts'
import { isAdmin } from '../../protocol/access/rights.ts'
import type { DeviceId } from '../../protocol/ids.ts'
import { ok, type Result } from '../../protocol/result.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import { handingOver, readersWithout, rotating } from './statements.ts'
import { KEYS_MISSING, type Workspace } from './workspace.ts'

/** What people do with the membership of a workspace. Errors of all: `access-denied`, `keys-missing`. */
export interface Membership {
  /**
   * Takes devices out, with new keys at once where this device may make them. With somebody else's, links for several
   * that this device has a say over end, too: who had such a link in a group chat could come again by it.
   */
  remove(devices: readonly DeviceId[]): Promise<Result<null>>
  setRole(person: PersonId, role: Role): Promise<Result<null>>
  /** Takes an invitation back, with new keys: whoever has it could read the ones of before. */
  revoke(invitation: string): Promise<Result<null>>
  /** New keys, for suspicion. */
  rotate(): Promise<Result<null>>
  /** The workspace is deleted for everyone. */
  end(): Promise<Result<null>>
  /** Does what is owed: new keys where somebody who is out has those of now, and keys for those who came without. */
  settle(): Promise<void>
}

interface Deps {
  readonly workspace: Workspace
  /** This device. */
  readonly self: DeviceId
  readonly random: Random
  readonly clock: Pick<Clock, 'now'>
}

/** That fit one statement, with what else stands in it. */
const MOST_DEVICES = 500
const MOST_LINKS = 50

/** To whom somebody in this role owes the root of the epoch: an editor's or reader's copy is one more, not the last word. */
export const owedTo = (
  { rootless, copyless }: Pick<Access, 'rootless' | 'copyless'>,
  role: Role,
): readonly DeviceId[] => (isAdmin(role) ? rootless : copyless)

export const createMembership = ({ workspace, self, random, clock }: Deps): Membership => {
  const mayRotate = (): boolean => isAdmin(workspace.role())

  const say = async (acts: (access: Access) => Promise<readonly Act[]>): Promise<Result<null>> =>
    workspace.hasRoot() ? workspace.say(acts) : KEYS_MISSING

  /** New keys for whoever is left without some. Those who only leave, or remove a device of theirs, make none. */
  const rotation = async (
    access: Access,
    gone: Parameters<typeof readersWithout>[1],
  ): Promise<readonly Act[]> =>
    mayRotate()
      ? [
          await rotating({
            readers: readersWithout(access, gone, clock.now()),
            former: standingRoots(access),
            random,
          }),
        ]
      : []

  /** The roots that no other known one leads to. */
  const standingRoots = (access: Access): ReadonlyMap<number, Uint8Array> => {
    const reached = new Set(
      [...access.epochs.values()].flatMap(({ former }) => Object.keys(former).map(Number)),
    )
    return new Map([...workspace.keyring.roots()].filter(([epoch]) => !reached.has(epoch)))
  }

  const openLinks = (
    { devices, roles, invitations }: Access,
    out: readonly DeviceId[],
  ): readonly string[] => {
    const personOf = (device: DeviceId) => devices.get(device)?.person
    if (!mayRotate() || out.every(device => personOf(device) === personOf(self))) return []
    return [...invitations].flatMap(([id, { role, person, exp, once }]) => {
      const grants = role ?? (person === null ? null : roles.get(person))
      const isLink = !once && exp !== null
      return isLink && (workspace.role() === 'owner' || grants !== 'owner') ? [id] : []
    })
  }

  return {
    remove: async all => {
      let said: Result<null> = ok(null)
      for (let at = 0; at < all.length && said.ok; at += MOST_DEVICES) {
        const devices = all.slice(at, at + MOST_DEVICES)
        said = await say(async access => {
          const invitations = openLinks(access, devices).slice(0, MOST_LINKS)
          return [
            { do: 'remove', devices, cuts: workspace.heard.cutsOf(devices) },
            ...invitations.map((invitation): Act => ({ do: 'revoke', invitation })),
            ...(await rotation(access, { devices: all, invitations })),
          ]
        })
      }
      return said
    },
    setRole: (person, role) =>
      say(async access => {
        const devices = [...access.devices].flatMap(([id, device]) => (device.person === person ? [id] : []))
        return [{ do: 'role', person, role, cuts: workspace.heard.cutsOf(devices) }]
      }),
    revoke: invitation =>
      say(async access => [
        { do: 'revoke', invitation },
        ...(await rotation(access, { invitations: [invitation] })),
      ]),
    rotate: () => say(access => rotation(access, {})),
    end: () => workspace.say(async () => [{ do: 'end' }]),
    settle: async () => {
      const { rotationDue, ended } = workspace.access()
      const role = workspace.role()
      if (ended || !workspace.hasRoot() || role === null) return
      if (rotationDue && mayRotate()) await say(access => rotation(access, {}))
      else if (owedTo(workspace.access(), role).length > 0) {
        const root = workspace.keyring.root(workspace.access().epoch)!
        await say(async access => [await handingOver(access, root, owedTo(access, role))])
      }
    },
  }
}
