import type { Act } from '../../protocol/access/acts.ts'
import { isAdmin } from '../../protocol/access/rights.ts'
import { MOST_RELAYS } from '../../protocol/limits.ts'
import { ok, type Result } from '../../protocol/result.ts'
import { createInTurn } from '../in-turn.ts'
import { sealCard } from '../keys/sealed-root.ts'
import { type Random, randomId } from '../platform/random.ts'
import {
  isSealed,
  type StoredRelay,
  sealedOrigins,
  sealedRelay,
  withRelays,
} from '../storage/stored-relay.ts'
import { createRelayReader, type NamedRelay, relayCard } from '../workspace/named-relays.ts'
import { KEYS_MISSING, type Workspace } from '../workspace/workspace.ts'
import { isForAll, relayOrigin } from './relay-address.ts'

export interface KnownRelay extends NamedRelay {
  /** Null where the address is none of a relay. */
  readonly origin: string | null
  /** Whether this device takes it over. */
  readonly isUsable: boolean
}

/**
 * The relays of a workspace on this device: those that the workspace names for all devices, unless this one has left
 * them, and those that only this one uses. Without any, sync is off, and what the workspace names changes nothing.
 */
export interface SessionRelays {
  /** What the workspace names, as it was read last. */
  named(): readonly KnownRelay[]
  /** Goes by what the workspace names now. */
  look(): Promise<void>
  /** Goes on with these and those that the workspace names; without any, sync is off. Rejects where they could not be stored. */
  use(relays: readonly StoredRelay[]): Promise<void>
  /** One more, also where this device had left it. Rejects as `use`. */
  add(relay: StoredRelay): Promise<void>
  /** This device alone goes on without it. Rejects as `use`. */
  leave(origin: string): Promise<void>
  /** Whether this device may have all others use a relay, and it is of use to them. */
  mayName(origin: string): boolean
  /** Whether there is room for one more. */
  hasRoom(): boolean
  /** Names a relay for all devices, where this one may, there is room, and it is of use to others. Errors: `access-denied`, `keys-missing`. */
  name(origin: string): Promise<Result<null>>
  /** Whether all devices can do without one, by its origin or id, and this one may say so. */
  mayUnname(relay: string): boolean
  /** Takes it away from all devices. Errors: `access-denied`. */
  unname(relay: string): Promise<Result<null>>
  /** The workspace names none, and this device is to name its own: it comes from a build that kept a list on each device. */
  isNamingDue(): boolean
  nameOwn(): Promise<Result<null>>
}

interface Deps {
  readonly workspace: Workspace
  readonly random: Random
  /** Origin of the app. */
  readonly origin: string
  readonly isRunning: () => boolean
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** The service worker lets go of what waits. */
  readonly clearOutbox: () => Promise<void>
  readonly onChange: () => void
}

/** Those that this device uses, by what the workspace names now. It is never left without any by what others say. */
export const withNamed = (
  own: readonly StoredRelay[],
  named: readonly KnownRelay[],
  left: readonly string[],
): readonly StoredRelay[] => {
  if (own.length === 0) return own
  const stays = own.flatMap((relay): readonly StoredRelay[] => {
    const id = named.find(({ origin }) => origin === relay.origin)?.id
    if (id !== undefined && isSealed(relay)) return [relay.named === id ? relay : { ...relay, named: id }]
    return relay.named === undefined || named.some(each => each.id === relay.named) ? [relay] : []
  })
  const usable = new Map<string, string>()
  for (const { id, origin, isUsable } of named)
    if (origin !== null && isUsable && !usable.has(origin) && usable.size < MOST_RELAYS)
      usable.set(origin, id)
  const known = new Set([...own.map(({ origin }) => origin), ...left])
  const more = [...usable].flatMap(([origin, id]) =>
    known.has(origin) ? [] : [{ ...sealedRelay(origin), named: id }],
  )
  const next = [...stays, ...more]
  return next.some(isSealed) || !own.some(isSealed) ? next : own
}

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index])

const originsOf = (relays: readonly StoredRelay[]): readonly string[] => relays.map(({ origin }) => origin)

export const createSessionRelays = (deps: Deps): SessionRelays => {
  const { workspace } = deps
  const inTurn = createInTurn()
  const readNamed = createRelayReader(workspace.keyring)
  let named: readonly KnownRelay[] = []

  const isForOthers = (origin: string): boolean => isForAll(origin, deps.origin)

  const read = async (): Promise<void> => {
    const all = await readNamed(workspace.access())
    named = all.map(relay => {
      const origin = relayOrigin(relay.address)
      return {
        ...relay,
        origin: origin.ok ? origin.value : null,
        isUsable: origin.ok && isForOthers(origin.value),
      }
    })
  }

  interface Choice {
    readonly relays: readonly StoredRelay[]
    readonly left: readonly string[]
  }

  const changeNow = async (change: (now: Choice) => Choice, starts: boolean): Promise<void> => {
    await read()
    const before = { relays: workspace.relays(), left: workspace.left() }
    const { relays: asked, left } = change(before)
    // Who is out goes by nothing that is said there.
    const relays = workspace.role() === null ? asked : withNamed(asked, named, left)
    const isOther = !isSame(originsOf(relays), originsOf(before.relays))
    const isRunning = deps.isRunning()
    if (isOther) {
      await deps.stop()
      // For those that stay it is put there again.
      if (before.relays.some(({ origin }) => !originsOf(relays).includes(origin))) await deps.clearOutbox()
    }
    try {
      if (!isSame(relays, before.relays) || !isSame(left, before.left))
        await workspace.setRelays(relays, left)
    } finally {
      if (starts || (isOther && isRunning)) await deps.start() // with those of before, where these could not be stored
    }
    deps.onChange()
  }

  /** One after the other: each begins with what the one before it left. */
  const changed = (change: (now: Choice) => Choice, starts: boolean): Promise<void> =>
    inTurn(() => changeNow(change, starts))

  const look = (): Promise<void> => changed(now => now, false)

  const idsOf = (relay: string): readonly string[] =>
    named.flatMap(({ id, origin }) => (origin === relay || id === relay ? [id] : []))

  const mayName = (origin: string): boolean => isAdmin(workspace.role()) && isForOthers(origin)

  const hasRoom = (): boolean => named.length < MOST_RELAYS

  const nameAll = async (origins: readonly string[]): Promise<Result<null>> => {
    if (!workspace.hasRoot()) return KEYS_MISSING
    const said = await workspace.say(async access => {
      const root = workspace.keyring.root(access.epoch)!
      return Promise.all(
        origins.map(async (origin): Promise<Act> => {
          const card = await sealCard(access.epoch, root, relayCard(origin))
          return { do: 'relay', relay: randomId(deps.random), card }
        }),
      )
    })
    if (said.ok) await look()
    return said
  }

  /** Of those that this device uses, what others can use, too. */
  const ownOrigins = (): readonly string[] => sealedOrigins(workspace.relays()).filter(isForOthers)

  return {
    named: () => named,
    look,
    use: relays => changed(() => ({ relays, left: [] }), true),
    add: relay =>
      changed(
        ({ relays, left }) => ({
          relays: withRelays(relays, [relay]),
          left: left.filter(origin => origin !== relay.origin),
        }),
        true,
      ),
    leave: origin =>
      changed(
        ({ relays, left }) => ({
          relays: relays.filter(relay => relay.origin !== origin),
          left: idsOf(origin).length > 0 && !left.includes(origin) ? [...left, origin] : left,
        }),
        true,
      ),
    mayName,
    hasRoom,
    name: async origin => {
      await look()
      const isNew = idsOf(origin).length === 0
      return mayName(origin) && hasRoom() && isNew ? nameAll([origin]) : ok(null)
    },
    mayUnname: relay => {
      const ids = idsOf(relay)
      if (!isAdmin(workspace.role()) || ids.length === 0 || ids.length === workspace.access().relays.size)
        return false
      // Devices that can use none of the others would be left with this one.
      const used = originsOf(workspace.relays())
      const isOfUse = ({ origin, isUsable }: KnownRelay) =>
        origin !== null && (isUsable || used.includes(origin))
      return named.some(each => !ids.includes(each.id) && isOfUse(each))
    },
    unname: async relay => {
      const ids = idsOf(relay)
      const said = await workspace.say(async () => ids.map(relay => ({ do: 'relay', relay, card: null })))
      await look()
      return said
    },
    isNamingDue: () =>
      isAdmin(workspace.role()) &&
      workspace.hasRoot() &&
      workspace.access().relays.size === 0 &&
      ownOrigins().length > 0,
    nameOwn: () => nameAll(ownOrigins().slice(0, MOST_RELAYS)),
  }
}
