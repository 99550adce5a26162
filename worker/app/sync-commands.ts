import { MOST_RELAYS } from '../../protocol/limits.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { signToken } from '../../protocol/token.ts'
import { isSealed, type StoredRelay, sealedRelay, trustedServer } from '../storage/stored-relay.ts'
import type { SyncCommands } from '../tabs/run-command.ts'
import { relayOrigin, trustedAddress } from './relay-address.ts'
import type { SessionDeps } from './session.ts'
import type { Workspaces } from './workspaces.ts'

interface Deps extends Pick<SessionDeps, 'fetch' | 'device' | 'clock'> {
  readonly workspaces: Pick<Workspaces, 'current'>
  /** All that waits for the network or for a person. */
  readonly wake: () => void
}

const HAS_RELAY = fail('has-relay', 'This workspace uses that server already.')

const TOO_MANY = fail(
  'too-many-relays',
  `A workspace names at most ${MOST_RELAYS} relays for all of its devices. Remove one of them first.`,
)

const NOT_OWNER = fail('access-denied', 'Only an owner can delete what a relay holds of the workspace.')

/** The commands about relays. */
export const createSyncCommands = (deps: Deps): SyncCommands => {
  const loadSync = () => import('../sync/entry.ts')
  const { current } = deps.workspaces

  const ownerToken = (relay: string): Promise<string> => {
    const { workspace } = current()
    const request = {
      workspace: workspace.id,
      audience: relay,
      scopes: ['admin'],
      generation: workspace.access().gen,
      now: Math.floor(deps.clock.now() / 1000),
    } as const
    return signToken(request, deps.device.signing, deps.device.publicKey)
  }

  /** Makes the workspace known to a relay. */
  const introduced = async (address: string, code: string | undefined): Promise<Result<StoredRelay>> => {
    const { workspace } = current()
    const origin = relayOrigin(address)
    if (!origin.ok) return origin
    const operatorCode = code?.trim() || null
    const { createRelayHttp } = await loadSync()
    const http = createRelayHttp(origin.value, workspace.id, deps.fetch)
    // An owner may use a relay again from which the workspace was deleted.
    const token = workspace.role() === 'owner' ? await ownerToken(origin.value) : undefined
    for (const { text, prev } of workspace.statements()) {
      const written = await http.writeAccess(text, operatorCode, token)
      // The relay knows more than we do: the link takes that over.
      const knowsMore = (code: string): boolean =>
        code === 'access-invalid' || (code === 'access-conflict' && prev.length > 0)
      if (!written.ok && !knowsMore(written.error.code)) return written
    }
    return ok(sealedRelay(origin.value, operatorCode))
  }

  /** Takes everything of the workspace off a relay. Whatever it refuses, the relay is still in use. */
  const deleteAt = async (relay: StoredRelay): Promise<Result<null>> => {
    const { workspace } = current()
    if (workspace.role() !== 'owner' || !isSealed(relay)) return NOT_OWNER
    const { createRelayHttp } = await loadSync()
    const http = createRelayHttp(relay.origin, workspace.id, deps.fetch)
    const deleted = await http.remove(await ownerToken(relay.origin))
    if (deleted.ok) return deleted
    const { code, message } = deleted.error
    return fail(
      code,
      `${message} The relay is still used: try again later, or remove it without deleting what it holds.`,
    )
  }

  return {
    /** Errors: `bad-relay`, `unreachable`, a `RefusalCode`. Sync stays off then. */
    turnOn: async (address, code) => {
      const relay = await introduced(address, code)
      if (!relay.ok) return relay
      const { relays } = current()
      await relays.use([relay.value])
      return relays.name(relay.value.origin)
    },
    /**
     * An owner or admin adds a relay for all devices, or has them all use one of this device's own; anybody else adds
     * it for this device alone, as a trusted server always is. Errors: as `turnOn`, `has-relay`, `too-many-relays`, and
     * `keys-missing`: then this device alone uses it. The other relays stay.
     */
    addRelay: async (address, code, trusted) => {
      const { workspace, relays } = current()
      const asked = trusted ? trustedAddress(address) : relayOrigin(address)
      if (!asked.ok) return asked
      const used = (): StoredRelay | undefined =>
        workspace.relays().find(({ origin }) => origin === asked.value)
      const isNamed = relays.named().some(({ origin }) => origin === asked.value)
      const isForAll = !trusted && !isNamed && relays.mayName(asked.value)
      const before = used()
      if (before && !(isForAll && isSealed(before))) return HAS_RELAY
      if (isForAll && !relays.hasRoom()) return TOO_MANY
      if (!before) {
        const relay = trusted ? ok(trustedServer(asked.value)) : await introduced(address, code)
        if (!relay.ok) return relay
        if (used()) return HAS_RELAY // asked for twice at once
        await relays.add(relay.value)
      }
      return isForAll ? relays.name(asked.value) : ok(null)
    },
    /**
     * Takes a relay away from all devices where this one may say so and others are left, and else from this device.
     * Errors: `access-denied`, and those of deleting: `unreachable`, a `RefusalCode`. The relay stays then.
     */
    removeRelay: async (origin, { deleteThere, onlyHere }) => {
      const { workspace, relays } = current()
      const relay = workspace.relays().find(each => each.origin === origin)
      // First there: once it is not used here any more, nobody would try again.
      const deleted = relay && deleteThere ? await deleteAt(relay) : ok(null)
      if (!deleted.ok) return deleted
      const gone = !onlyHere && relays.mayUnname(origin) ? await relays.unname(origin) : ok(null)
      // Where the others were taken away meanwhile it is the last one, which stays for them.
      if (!gone.ok && relays.mayUnname(origin)) return gone
      await relays.leave(origin)
      return ok(null)
    },
    turnOff: async () => {
      await current().relays.use([])
      return ok(null)
    },
    retry: async () => {
      current().sync()?.retry()
      return ok(null)
    },
    wake: async () => {
      deps.wake()
      return ok(null)
    },
  }
}
