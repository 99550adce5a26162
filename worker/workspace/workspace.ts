import { type CheckedList, checkChain } from '../../protocol/access.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import type { DeviceId, WorkspaceId } from '../../protocol/ids.ts'
import { fail, ok, type Result } from '../../protocol/result.ts'
import { type ContentKeys, createContentKeys } from '../keys/key-derivation.ts'
import { openRoot } from '../keys/sealed-root.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { DeviceStore, StoredWorkspace } from '../storage/device-store.ts'
import type { StoredRelay } from '../storage/stored-relay.ts'
import { firstList } from './access-lists.ts'

/** A workspace on this device: its chain of access lists, its relays, and the keys to its content. */
export interface Workspace {
  readonly id: WorkspaceId
  lists(): readonly CheckedList[]
  newest(): CheckedList
  isMember(device: DeviceId): boolean
  epoch(): number
  contentKeys(epoch: number): ContentKeys | null
  /** The root of the current epoch, to be sealed to whoever is let in. Errors: `root-unreadable`. */
  root(): Promise<Result<Uint8Array>>
  /** None where sync is off. */
  relays(): readonly StoredRelay[]
  /** Rejects where it could not be stored; then it stays as it was. */
  setRelays(relays: readonly StoredRelay[]): Promise<void>
  /** Takes over a longer chain that begins with the one known here. Errors: `access-invalid`, `access-conflict`. */
  extend(texts: readonly string[]): Promise<Result<null>>
}

interface Deps {
  readonly device: DeviceKeys<CryptoKey>
  readonly store: DeviceStore
}

/** Errors: `access-invalid`, `root-unreadable`. */
export const openWorkspace = async (
  stored: StoredWorkspace,
  { device, store }: Deps,
): Promise<Result<Workspace>> => {
  const checked = await checkChain(stored.id, stored.lists)
  if (!checked.ok) return checked
  let chain = checked.value
  let { relays } = stored
  const newest = (): CheckedList => chain.at(-1)!
  const root = () => openRoot(newest().list.roots[device.device], device.opening)
  const opened = await root()
  if (!opened.ok) return opened
  const epoch = newest().list.epoch
  const keys = await createContentKeys(stored.id, opened.value)

  const save = (): Promise<void> =>
    store.changeWorkspace(stored.id, { lists: chain.map(({ text }) => text), relays })

  return ok({
    id: stored.id,
    lists: () => chain,
    newest,
    isMember: id => Object.hasOwn(newest().list.members, id),
    epoch: () => epoch,
    contentKeys: wanted => (wanted === epoch ? keys : null),
    root,
    relays: () => relays,
    setRelays: async next => {
      const before = relays
      relays = next
      try {
        await save()
      } catch (error) {
        relays = before
        throw error
      }
    },
    extend: async texts => {
      if (!chain.every(({ text }, index) => index >= texts.length || texts[index] === text))
        return fail('access-conflict', 'The relay has another list of members than this device.')
      if (texts.length <= chain.length) return ok(null)
      const longer = await checkChain(stored.id, texts)
      if (!longer.ok) return longer
      chain = longer.value
      await save()
      return ok(null)
    },
  })
}

export const createWorkspace = async (
  device: DeviceKeys<CryptoKey>,
  random: Random,
  clock: Clock,
): Promise<StoredWorkspace> => {
  const { id, text } = await firstList(device, random, clock.now())
  return { id, lists: [text], relays: [] }
}
