import type { Act, Role } from '../../protocol/access/acts.ts'
import { type Access, judge, judgeWithin } from '../../protocol/access/judge.ts'
import { mayWrite, roleOfDevice } from '../../protocol/access/rights.ts'
import {
  headsDigest,
  readStatement,
  readStatements,
  type Statement,
} from '../../protocol/access/statement.ts'
import { workUpTo } from '../../protocol/access/work.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { DeviceId, WorkspaceId } from '../../protocol/ids.ts'
import { MAX_JUDGING_STEPS } from '../../protocol/limits.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { createInTurn } from '../in-turn.ts'
import type { ContentKeys } from '../keys/key-derivation.ts'
import { createListeners } from '../listeners.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { DeviceStore } from '../storage/device-store.ts'
import type { StoredRelay } from '../storage/stored-relay.ts'
import type { StoredWorkspace } from '../storage/stored-workspace.ts'
import { groundOf } from './ground.ts'
import { type Heard, loadHeard } from './heard.ts'
import { createKeyring, type Keyring, reachableEpochs } from './keyring.ts'
import { firstStatement, nextStatement } from './statements.ts'

/** A workspace on this device: who belongs to it, its relays, and the keys to its content. */
export interface Workspace {
  readonly id: WorkspaceId
  access(): Access
  /** All that has an effect; parents come before children. */
  statements(): readonly Statement[]
  /** Equal where two sides know the same statements. */
  digest(): string
  /** What this device may do; null where it is no member (any more). */
  role(): Role | null
  /** Whether this device may write. */
  mayWrite(): boolean
  isMember(device: DeviceId): boolean
  /** The epoch to seal in. */
  epoch(): number
  /** Whether this device has the root of the epoch that new envelopes are to use. */
  hasRoot(): boolean
  contentKeys(epoch: number): ContentKeys | null
  /**
   * Whether every member gets to the root of an epoch from the newest one, whoever comes later too. It is not so for keys
   * that were made at the same time, and for those of somebody who was put out at the same time: only some have them.
   */
  isForAll(epoch: number): boolean
  readonly keyring: Keyring
  readonly heard: Heard
  /** None where sync is off. */
  relays(): readonly StoredRelay[]
  /** Origins of relays that the workspace names for all, and that this device does not use. */
  left(): readonly string[]
  /** Rejects where it could not be stored; then it stays as it was. */
  setRelays(relays: readonly StoredRelay[], left?: readonly string[]): Promise<void>
  /** Says something in this device's name. Rejects where it could not be stored. Errors: `access-denied`. */
  say(acts: (access: Access) => Promise<readonly Act[]>): Promise<Result<null>>
  /** Takes over what others said; what has no effect is dropped. Errors: `access-invalid`. */
  hear(texts: readonly string[]): Promise<Result<null>>
  /** Who belongs to it has changed. */
  onChange(listener: () => void): () => void
  close(): Promise<void>
}

interface Deps {
  readonly device: DeviceKeys<CryptoKey>
  readonly store: DeviceStore
  readonly clock: Clock
}

/** Nothing can be said with keys before this device has them. */
export const KEYS_MISSING = fail(
  'keys-missing',
  'This device does not have the newest keys of the workspace yet. It gets them as soon as another device is online; try again then.',
)

const DENIED = fail(
  'access-denied',
  'Your role in this workspace does not allow this, or somebody changed it a moment ago. Nothing was changed.',
)

/** More than a relay takes, since several may have taken different things. */
export const MOST_STEPS = 2 * MAX_JUDGING_STEPS

export const TOO_TANGLED = fail(
  'access-invalid',
  'So much was said about the members at the same time that it cannot be worked out. Nothing of it was taken over.',
)

const inOrder = (statements: Iterable<Statement>, { standing }: Access): readonly Statement[] =>
  [...statements].filter(({ hash }) => standing.has(hash)).sort((a, b) => a.gen - b.gen)

/** Errors: `access-invalid`, `root-unreadable`. */
export const openWorkspace = async (stored: StoredWorkspace, deps: Deps): Promise<Result<Workspace>> => {
  const { device, store, clock } = deps
  const read = await readStatements(stored.id, stored.statements)
  if (!read.ok) return read
  let access = judge(stored.id, read.value)
  let statements = inOrder(read.value, access)
  if (statements.length === 0) return fail('access-invalid', 'What is known of the workspace says nothing.')
  let reachable = reachableEpochs(access)
  let digest = await headsDigest(access.heads)
  let { relays, left = [] } = stored
  const keyring = createKeyring(device)
  await keyring.update(access)
  if (keyring.roots().size === 0)
    return fail('root-unreadable', 'This device could not open the key of the workspace.')
  const heard = await loadHeard({ workspace: stored.id, store, clock })
  const listeners = createListeners()
  const inTurn = createInTurn()

  const save = (): Promise<void> =>
    store.changeWorkspace(stored.id, { statements: statements.map(({ text }) => text), relays, left })

  /** Rejects where it could not be stored; then all stays as it was. Errors: `access-invalid`. */
  const take = async (more: readonly Statement[]): Promise<Result<null>> => {
    const all = new Map([...statements, ...more].map(statement => [statement.hash, statement]))
    const next = judgeWithin(workUpTo(MOST_STEPS), stored.id, all.values())
    if (next === null) return TOO_TANGLED
    const nextDigest = await headsDigest(next.heads)
    if (nextDigest === digest) return ok(null)
    // First of all: whoever finds keys missing waits until something is said about members again.
    await keyring.update(next)
    const before = { access, reachable, statements, digest }
    access = next
    reachable = reachableEpochs(next)
    statements = inOrder(all.values(), next)
    digest = nextDigest
    try {
      await save()
    } catch (error) {
      ;({ access, reachable, statements, digest } = before)
      throw error
    }
    listeners.tell()
    return ok(null)
  }

  /** The newest of which this device has the keys: its keyring holds those of long ago too, in whatever order. */
  const sealingEpoch = (): number =>
    keyring.root(access.epoch) === null
      ? [...access.epochs.keys()].findLast(epoch => keyring.root(epoch) !== null)!
      : access.epoch

  return ok({
    id: stored.id,
    access: () => access,
    statements: () => statements,
    digest: () => digest,
    role: () => roleOfDevice(access, device.device),
    mayWrite: () => mayWrite(access, device.device),
    isMember: id => access.devices.has(id),
    epoch: sealingEpoch,
    hasRoot: () => keyring.root(access.epoch) !== null,
    contentKeys: keyring.keys,
    isForAll: epoch => reachable.has(epoch),
    keyring,
    heard,
    relays: () => relays,
    left: () => left,
    setRelays: async (next, nextLeft = left) => {
      const before = { relays, left }
      relays = next
      left = nextLeft
      try {
        await save()
      } catch (error) {
        ;({ relays, left } = before)
        throw error
      }
    },
    say: make =>
      inTurn(async () => {
        const acts = await make(access)
        const ground = groundOf(access, statements, device.device)
        const text = await nextStatement(stored.id, ground, acts, device, clock.now())
        const said = await readStatement(stored.id, text)
        if (!said.ok) return said
        const after = judge(stored.id, [...statements, said.value])
        if (!after.standing.has(said.value.hash)) return DENIED
        return take([said.value])
      }),
    hear: texts =>
      inTurn(async () => {
        const known = new Set(statements.map(({ text }) => text))
        const news = await readStatements(
          stored.id,
          texts.filter(text => !known.has(text)),
        )
        if (!news.ok) return news
        // It begins as it did when this device came: whoever kept its first key cannot let it begin anew.
        return take(news.value.filter(({ prev }) => prev.length > 0))
      }),
    onChange: listeners.add,
    close: () => heard.flush(),
  })
}

export const createWorkspace = async (
  device: DeviceKeys<CryptoKey>,
  random: Random,
  clock: Pick<Clock, 'now'>,
): Promise<StoredWorkspace> => {
  const { id, text } = await firstStatement(device, random, clock.now())
  return { id, statements: [text], relays: [] }
}
