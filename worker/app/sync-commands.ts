import type { WorkspaceId } from '../../protocol/ids.ts'
import { formatInvitation, parseInvitation } from '../../protocol/invitation-link.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { bring } from '../notes/bring.ts'
import { type StoredRelay, sealedRelay, trustedServer } from '../storage/stored-relay.ts'
import type { SyncCommands } from '../tabs/run-command.ts'
import { acceptInvitation, SEED_BYTES, sayInvitation } from '../workspace/invitation.ts'
import type { ForgetWorkspace } from './forget-workspace.ts'
import { relayOrigin, trustedAddress } from './relay-address.ts'
import type { SessionDeps } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Workspaces } from './workspaces.ts'

interface Deps extends SessionDeps {
  readonly workspaces: Workspaces
  readonly sessions: Sessions
  readonly forget: ForgetWorkspace['forget']
  /** Origin of the app, for invitation links. */
  readonly app: string
}

const INVITATION_LASTS_MS = 24 * 60 * 60_000

const SYNC_OFF = fail(
  'sync-off',
  'Turn on sync first: the other device has to reach this workspace by a relay.',
)

const NO_RELAY = fail(
  'no-relay',
  'Another device is let in by a relay of Holdfast, and this workspace has only servers that were named as trusted. Add a relay first.',
)
const HAS_RELAY = fail('has-relay', 'This workspace uses that server already.')

/** The commands about relays and other devices. */
export const createSyncCommands = (deps: Deps): SyncCommands => {
  const loadSync = () => import('../sync/entry.ts')
  const { current, show } = deps.workspaces

  /** Asked when another workspace is shown, so that nobody makes a note in it meanwhile. */
  const isUntouched = async (id: WorkspaceId): Promise<boolean> => {
    const held = await deps.sessions.acquire(id)
    if (!held.ok) return false
    const untouched = held.value.session.isUntouched()
    await held.value.release()
    return untouched
  }

  /** Makes the workspace known to a relay. */
  const introduced = async (address: string, code: string | undefined): Promise<Result<StoredRelay>> => {
    const { workspace } = current()
    const origin = relayOrigin(address)
    if (!origin.ok) return origin
    const operatorCode = code?.trim() || null
    const { createRelayHttp } = await loadSync()
    const http = createRelayHttp(origin.value, workspace.id, deps.fetch)
    for (const { text } of workspace.statements()) {
      const written = await http.writeAccess(text, operatorCode)
      // The relay knows more than we do: the link takes that over.
      if (!written.ok && written.error.code !== 'access-invalid') return written
    }
    return ok(sealedRelay(origin.value, operatorCode))
  }

  return {
    /** Errors: `bad-relay`, `unreachable`, a `RefusalCode`. Sync stays off then. */
    turnOn: async (address, code) => {
      const relay = await introduced(address, code)
      if (!relay.ok) return relay
      await current().useRelays([relay.value])
      return ok(null)
    },
    /** Errors: as `turnOn`, and `has-relay`. The other relays stay. */
    addRelay: async (address, code, trusted) => {
      const { workspace, useRelays } = current()
      const asked = trusted ? trustedAddress(address) : relayOrigin(address)
      if (!asked.ok) return asked
      const has = (): boolean => workspace.relays().some(({ origin }) => origin === asked.value)
      if (has()) return HAS_RELAY
      const relay = trusted ? ok(trustedServer(asked.value)) : await introduced(address, code)
      if (!relay.ok) return relay
      if (has()) return HAS_RELAY // asked for twice at once
      await useRelays([...workspace.relays(), relay.value])
      return ok(null)
    },
    removeRelay: async origin => {
      const { workspace, useRelays } = current()
      await useRelays(workspace.relays().filter(relay => relay.origin !== origin))
      return ok(null)
    },
    turnOff: async () => {
      await current().useRelays([])
      return ok(null)
    },
    retry: async () => {
      current().sync()?.retry()
      return ok(null)
    },
    wake: async () => {
      current().sync()?.wake()
      return ok(null)
    },
    /** Errors: `sync-off`, `unreachable`, a `RefusalCode`. */
    invite: async () => {
      const { workspace, sync } = current()
      const all = workspace.relays()
      if (all.length === 0) return SYNC_OFF
      const running = all.flatMap(relay => {
        const there = relay.kind === 'sealed' ? sync()?.at(relay.origin) : null
        return there ? [{ relay, there }] : []
      })
      // One that can be reached now, rather than the first that was named.
      const found = running.find(({ there }) => there.state().link.phase === 'open') ?? running[0]
      if (!found) return NO_RELAY
      const { relay, there } = found
      const seed = deps.random(SEED_BYTES)
      const expires = deps.clock.now() + INVITATION_LASTS_MS
      const card = { workspace: '', from: '' }
      const said = await sayInvitation(workspace, deps.device, seed, {
        role: null,
        expires,
        once: false,
        card,
      })
      if (!said.ok) return said
      const published = await there.access.publish()
      if (!published.ok) return published
      const link = formatInvitation(deps.app, { workspace: workspace.id, seed, relay: relay.origin })
      return ok({ link, expires })
    },
    /** Errors: `bad-link`, `invitation-ended`, `busy`, `unreachable`, a `RefusalCode`. The workspace shown stays then. */
    join: async (text, bringNotes) => {
      const link = parseInvitation(text)
      if (!link.ok) return link
      const before = current()
      if (link.value.workspace === before.workspace.id && before.workspace.relays().length > 0)
        return ok({ notesBrought: 0 })
      const origin = relayOrigin(link.value.relay)
      if (!origin.ok) return origin
      const { createRelayHttp } = await loadSync()
      const { workspace: id, seed, relay } = link.value
      const statements = await acceptInvitation({
        workspace: id,
        seed: new Uint8Array(seed),
        relay,
        device: deps.device,
        name: '',
        clock: deps.clock,
        access: createRelayHttp(origin.value, id, deps.fetch),
      })
      if (!statements.ok) return statements
      const relays = [sealedRelay(relay)]
      if (id === before.workspace.id) {
        const heard = await before.workspace.hear(statements.value)
        if (!heard.ok) return heard
        await before.useRelays(relays)
        return ok({ notesBrought: 0 })
      }
      await deps.store.setWorkspace({ id, statements: statements.value, relays })
      // Notes that are at a relay are others' too, perhaps: they come along only where somebody says so.
      const wasRelayed = await deps.store.wasRelayed(before.workspace.id)
      let notesBrought = 0
      const shown = await show(id, async session => {
        if (!(bringNotes ?? !wasRelayed)) return ok(null)
        await before.notes.flush()
        const brought = await bring(
          { documents: before.documents, home: before.notes.home },
          { documents: session.documents, home: session.notes.home },
        )
        if (!brought.ok) return brought
        await before.vault.giveTo(session.vault)
        await session.flush()
        notesBrought = brought.value
        return ok(null)
      })
      if (!shown.ok) return shown
      // A device that was new has nothing else: nobody would know what to do with an empty workspace beside this one.
      if (!wasRelayed && (await isUntouched(before.workspace.id))) {
        await deps.forget(before.workspace.id)
        await deps.workspaces.refresh()
      }
      return ok({ notesBrought })
    },
  }
}
