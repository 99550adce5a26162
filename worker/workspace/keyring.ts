import type { Access } from '../../protocol/access/judge.ts'
import type { Bytes } from '../../protocol/bytes.ts'
import type { DeviceKeys } from '../../protocol/device-database.ts'
import { type ContentKeys, createContentKeys } from '../keys/key-derivation.ts'
import { openFormerRoot, openRoot, rootCheck } from '../keys/sealed-root.ts'

/** The roots of a workspace's epochs, as far as this device can open them, and the keys that follow from them. */
export interface Keyring {
  root(epoch: number): Bytes | null
  keys(epoch: number): ContentKeys | null
  roots(): ReadonlyMap<number, Bytes>
  /** Opens what was sealed to this device since. */
  update(access: Access): Promise<void>
}

/** The epochs whose roots lead from one to the other, beginning with the newest. */
export const reachableEpochs = ({ epoch, epochs }: Pick<Access, 'epoch' | 'epochs'>): ReadonlySet<number> => {
  const reached = new Set<number>()
  const open = [epoch]
  for (const next of open) {
    if (reached.has(next) || !epochs.has(next)) continue
    reached.add(next)
    open.push(...Object.keys(epochs.get(next)!.former).map(Number))
  }
  return reached
}

export const createKeyring = (device: Pick<DeviceKeys<CryptoKey>, 'device' | 'opening'>): Keyring => {
  const roots = new Map<number, Bytes>()
  const keys = new Map<number, ContentKeys>()

  const keep = async ({ ws, epochs }: Access, epoch: number, root: Bytes): Promise<boolean> => {
    // Whoever seals a root may seal anything: only the one that was promised counts.
    if (roots.has(epoch) || (await rootCheck(root)) !== epochs.get(epoch)?.check) return false
    keys.set(epoch, await createContentKeys(ws, root))
    roots.set(epoch, root)
    return true
  }

  const openOwn = async (access: Access): Promise<void> => {
    for (const [epoch, { roots: sealed }] of access.epochs)
      for (const copy of sealed.get(device.device) ?? []) {
        if (roots.has(epoch)) break
        const root = await openRoot(copy, device.opening)
        if (root.ok) await keep(access, epoch, root.value)
      }
  }

  /** Each may hold others in turn. */
  const openFormer = async (access: Access, later: number): Promise<void> => {
    const root = roots.get(later)!
    for (const [epoch, sealed] of Object.entries(access.epochs.get(later)?.former ?? {})) {
      if (roots.has(Number(epoch))) continue
      const former = await openFormerRoot(root, sealed)
      if (former.ok && (await keep(access, Number(epoch), former.value)))
        await openFormer(access, Number(epoch))
    }
  }

  return {
    root: epoch => roots.get(epoch) ?? null,
    keys: epoch => keys.get(epoch) ?? null,
    roots: () => roots,
    update: async access => {
      await openOwn(access)
      for (const epoch of [...roots.keys()]) await openFormer(access, epoch)
    },
  }
}
