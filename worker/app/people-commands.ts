import { isRole, type Role } from '../../protocol/access/acts.ts'
import { isAdmin } from '../../protocol/access/rights.ts'
import { fromBase64url } from '../../protocol/bytes.ts'
import { formatInvitation } from '../../protocol/invitation-link.ts'
import type { DeviceName, MadeInvitation, Told } from '../../protocol/people.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { makePhrase, phraseSeed } from '../keys/phrase.ts'
import { sealCard } from '../keys/sealed-root.ts'
import { keyToWords, loadWords } from '../keys/words.ts'
import { isSealed } from '../storage/stored-relay.ts'
import type { PeopleCommands } from '../tabs/run-people.ts'
import { cardText, cleanDeviceName, createNameReader } from '../workspace/cards.ts'
import { SEED_BYTES, sayInvitation } from '../workspace/invitation.ts'
import type { Session, SessionDeps } from './session.ts'

interface Deps extends Pick<SessionDeps, 'device' | 'random' | 'clock'> {
  readonly current: () => Session
  /** Origin of the app, for invitation links. */
  readonly app: string
}

const DAY_MS = 24 * 60 * 60_000
const MOST_DAYS = 365

const SYNC_OFF = fail('sync-off', 'Turn on sync first: whoever comes reaches this workspace by a relay.')
const ONLY_TRUSTED = fail(
  'no-relay',
  'Whoever comes is let in by a relay of Holdfast, and this workspace has only servers that were named as trusted. Add a relay first.',
)
const UNREACHED = fail(
  'unreachable',
  'No relay can be reached now, and whoever comes needs one. Nothing was changed. Try again when this device is online.',
)
const BAD_TERMS = fail('bad-invitation', 'This tab asked for an invitation that there is not. Reload it.')
const LAST_OWNER = fail(
  'last-owner',
  'A workspace needs an owner, and there is no other one. Make somebody else an owner first.',
)
const THIS_DEVICE = fail(
  'this-device',
  'This is the device that you are using. To take it out, leave the workspace.',
)
const NOT_YOURS = fail('access-denied', 'Only the person whose device it is can give it a name.')
const NOT_ADMIN = fail('access-denied', 'Only owners and admins can make new keys for everybody.')
const NO_NAME = fail('no-name', 'A device needs a name. Write at least one letter.')

/** The commands about people, their devices, and who may come. Errors of all: `access-denied`, `keys-missing`. */
export const createPeopleCommands = (deps: Deps): Omit<PeopleCommands, 'look' | 'join'> => {
  const { device, random } = deps
  const self = device.device

  /** The relay that whoever comes is sent to. */
  const meetingPoint = ({ workspace, sync }: Session): Result<string> => {
    const all = workspace.relays()
    if (all.length === 0) return SYNC_OFF
    if (!all.some(isSealed)) return ONLY_TRUSTED
    const open = all.find(({ origin }) => sync()?.at(origin)?.state().link.phase === 'open')
    return open ? ok(open.origin) : UNREACHED
  }

  const namesOf = ({ workspace }: Session) => createNameReader(workspace.keyring)(workspace.access())

  /** Says how some of one's own devices are called. */
  const nameDevices = ({ workspace }: Session, named: readonly (readonly [string, DeviceName])[]) =>
    workspace.say(async () => {
      const epoch = workspace.epoch()
      const root = workspace.keyring.root(epoch)!
      return Promise.all(
        named.map(async ([id, name]) => ({
          do: 'card' as const,
          device: id,
          card: await sealCard(epoch, root, cardText(name)),
        })),
      )
    })

  /** Whoever makes a workspace is asked for no name; the first one who comes has to see whom they join. */
  const introduce = async (session: Session, name: DeviceName | undefined): Promise<Result<null>> => {
    const own = (await namesOf(session)).own(self)
    const next =
      name && cleanDeviceName({ person: own.person || name.person, device: own.device || name.device })
    if (!next || cardText(next) === cardText(own)) return ok(null)
    return nameDevices(session, [[self, next]])
  }

  interface Terms {
    readonly role: Role | null
    readonly expires: number | null
    readonly once: boolean
    readonly name: DeviceName | undefined
    readonly kind: 'link' | 'phrase' | 'recovery'
  }

  const make = async ({ role, expires, once, name, kind }: Terms): Promise<Result<MadeInvitation>> => {
    const session = deps.current()
    const { workspace, look } = session
    const relay = meetingPoint(session)
    if (!relay.ok) return relay
    const introduced = await introduce(session, name)
    if (!introduced.ok) return introduced
    const list = await loadWords()
    const phrase = kind === 'phrase' ? makePhrase(random, list) : null
    const seed = phrase === null ? random(SEED_BYTES) : await phraseSeed(phrase, workspace.id)
    const me = workspace.access().devices.get(self)?.person ?? self
    const from = (await namesOf(session)).person(me)
    // “Personal” means something else to everybody.
    const unnamed = role === null ? look.get().name : `${from}’s workspace`
    const card = { workspace: look.chosen().name ?? unnamed, from }
    const said = await sayInvitation(workspace, device, seed, { role, expires, once, card })
    if (!said.ok) return said
    const told = await session.publish()
    if (!told.ok) return told
    return ok({
      invitation: said.value.id,
      link: formatInvitation(deps.app, { workspace: workspace.id, seed, relay: relay.value }),
      expires,
      relay: relay.value,
      workspace: workspace.id,
      workspaceWords: (await keyToWords(fromBase64url(workspace.id), list)).join(' '),
      words: kind === 'recovery' ? (await keyToWords(seed, list)).join(' ') : phrase,
    })
  }

  /** Whether others heard of it already. Else they do as soon as a relay can be reached. */
  const tell = async (session: Session, done: Result<null>): Promise<Result<Told>> =>
    done.ok ? ok({ told: (await session.publish()).ok }) : done

  const hasOwnerBut = ({ workspace }: Session, gone: (device: string) => boolean): boolean => {
    const { devices, roles } = workspace.access()
    return [...devices].some(([id, { person }]) => roles.get(person) === 'owner' && !gone(id))
  }

  return {
    /** Errors: `sync-off`, `no-relay`, `unreachable`, a `RefusalCode`. */
    createInvitation: async ({ role, once, days, phrase, name }) => {
      const isDays = Number.isInteger(days) && days > 0 && days <= MOST_DAYS
      if ((role !== null && !isRole(role)) || !isDays) return BAD_TERMS
      const expires = deps.clock.now() + days * DAY_MS
      return make({ role, expires, once, name, kind: phrase === true ? 'phrase' : 'link' })
    },
    createRecoveryKey: name => make({ role: null, expires: null, once: false, name, kind: 'recovery' }),
    revokeInvitation: async id => {
      const session = deps.current()
      return tell(session, await session.membership.revoke(id))
    },
    /** Errors: `last-owner`. */
    setRole: async (person, role) => {
      const session = deps.current()
      const { devices } = session.workspace.access()
      const isTheirs = (id: string) => devices.get(id)?.person === person
      if (role !== 'owner' && !hasOwnerBut(session, isTheirs)) return LAST_OWNER
      return tell(session, await session.membership.setRole(person, role))
    },
    /** Errors: `last-owner`, `this-device`. */
    removeDevices: async ids => {
      const session = deps.current()
      if (ids.includes(self)) return THIS_DEVICE
      if (!hasOwnerBut(session, id => ids.includes(id))) return LAST_OWNER
      return tell(session, await session.membership.remove(ids))
    },
    rotateKeys: async () => {
      const session = deps.current()
      if (!isAdmin(session.workspace.role())) return NOT_ADMIN
      return tell(session, await session.membership.rotate())
    },
    /** Errors: `no-name`. */
    renameDevice: async (id, name) => {
      const session = deps.current()
      const { devices } = session.workspace.access()
      const me = devices.get(self)?.person
      if (me === undefined || devices.get(id)?.person !== me) return NOT_YOURS
      const next = cleanDeviceName(name)
      if (next.device === '') return NO_NAME
      const names = await namesOf(session)
      // What a person is called stands in the card of each of their devices: any of them may be taken out.
      const mine = [...devices].flatMap(([device, { person }]) => (person === me ? [device] : []))
      const named = mine
        .map(
          device =>
            [
              device,
              { person: next.person, device: device === id ? next.device : names.own(device).device },
            ] as const,
        )
        .filter(([device, each]) => cardText(each) !== cardText(names.own(device)))
      return named.length === 0 ? ok(null) : nameDevices(session, named)
    },
  }
}
