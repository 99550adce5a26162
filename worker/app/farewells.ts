import type { WorkspaceId } from '../../protocol/ids.ts'
import { createInTurn } from '../in-turn.ts'
import type { Clock } from '../platform/clock.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import { sealedOrigins } from '../storage/stored-relay.ts'
import type { Fetch, RelayHttp } from '../sync/relay/relay-http.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** What others still have to hear of workspaces that this device has left: that it did. */
export interface Farewells {
  /** Keeps what this device has said until a relay has it; false where the workspace has no relay. */
  keep(workspace: Pick<Workspace, 'id' | 'statements' | 'relays'>): Promise<boolean>
  /** The device comes back: that it left must not be said any more. */
  forget(id: WorkspaceId): Promise<void>
  /** Tries all of them soon, and again later where no relay could be reached. */
  send(): void
  close(): void
}

interface Deps {
  /** This device. */
  readonly self: string
  readonly store: Pick<DeviceStore, 'note' | 'setNote'>
  readonly clock: Clock
  readonly fetch: Fetch
}

interface Kept {
  readonly workspace: WorkspaceId
  /** What this device has said, in order: a relay that was not reached for long may lack more than the last. */
  readonly statements: readonly string[]
  /** Origins. One that has heard it is enough: the others hear of it from there. */
  readonly relays: readonly string[]
  /** When it left, milliseconds since 1970. */
  readonly since: number
}

const NAME = 'farewells'
const AGAIN_MS = 5 * 60_000
/** By then somebody has taken the device out, or nobody ever will. */
const FORGET_AFTER_MS = 180 * 24 * 60 * 60_000
const NOBODY_THERE = new Set(['unknown-workspace', 'workspace-deleted'])

/** Whether the relay has it now, or it means nothing there any more. */
const isHeard = async (http: RelayHttp, statements: readonly string[]): Promise<boolean> => {
  const written = await http.writeTogether(statements)
  if (!written.ok) return NOBODY_THERE.has(written.error.code)
  if (!written.value.has(statements.length - 1)) return true
  const last = await http.writeAccess(statements.at(-1)!, null)
  // Without effect: somebody else has taken the device out already.
  return last.ok || last.error.code === 'access-invalid' || NOBODY_THERE.has(last.error.code)
}

export const createFarewells = ({ self, store, clock, fetch }: Deps): Farewells => {
  let cancelLater = (): void => {}
  let isClosed = false

  const inTurn = createInTurn()

  const read = async (): Promise<readonly Kept[]> => {
    const text = await store.note(NAME)
    return text === undefined ? [] : (JSON.parse(text) as readonly Kept[])
  }
  const write = (all: readonly Kept[]): Promise<void> =>
    store.setNote(NAME, all.length === 0 ? null : JSON.stringify(all))
  const without = (all: readonly Kept[], id: WorkspaceId): readonly Kept[] =>
    all.filter(({ workspace }) => workspace !== id)

  const tell = async ({ workspace, statements, relays, since }: Kept): Promise<boolean> => {
    if (clock.now() - since > FORGET_AFTER_MS) return true
    const { createRelayHttp } = await import('../sync/entry.ts')
    for (const relay of relays)
      if (await isHeard(createRelayHttp(relay, workspace, fetch), statements)) return true
    return false
  }

  const trySend = async (): Promise<void> => {
    for (const kept of await read())
      if (!isClosed && (await tell(kept))) await write(without(await read(), kept.workspace))
    if ((await read()).length > 0) sendLater()
  }
  const send = (): void =>
    void inTurn(trySend).catch(error => {
      // What is left is kept, and told at the next start.
      if (!isClosed) console.error('Others could not be told that this device left.', error)
    })
  const sendLater = (): void => {
    cancelLater()
    if (!isClosed) cancelLater = clock.after(AGAIN_MS, send)
  }

  return {
    keep: workspace =>
      inTurn(async () => {
        const relays = sealedOrigins(workspace.relays())
        if (relays.length === 0) return false
        const own = workspace.statements().filter(({ signer }) => signer === self)
        const statements = own.map(({ text }) => text)
        const kept = { workspace: workspace.id, statements, relays, since: clock.now() }
        await write([...without(await read(), workspace.id), kept])
        sendLater()
        return true
      }),
    forget: id => inTurn(async () => write(without(await read(), id))),
    send,
    close: () => {
      isClosed = true
      cancelLater()
    },
  }
}
