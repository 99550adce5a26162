import type { WorkspaceId } from '../../protocol/ids.ts'
import type { VaultProblem } from '../../protocol/vault.ts'
import type { Random } from '../platform/random.ts'
import { type KeyName, keyNameOf, type SealedValue, seal, unseal } from './sealed-value.ts'
import type { Place, Writing } from './vault-fields.ts'
import type { VaultKeys } from './vault-keys.ts'

export type Opened = { readonly text: string } | { readonly problem: VaultProblem }

/** Seals and opens the texts of one workspace's vault. */
export interface TextSealer {
  /** By which key texts are to be sealed now; it changes as sync is turned on and off, and with each new epoch. */
  wanted(): KeyName
  /** Seals by the wanted key, and says which that was. */
  seal(text: string, writing: Writing): Promise<{ readonly name: KeyName; readonly sealed: SealedValue }>
  open(sealed: SealedValue, place: Place): Promise<Opened>
  /** Why it cannot be opened, as far as can be told without opening it. */
  problemOf(sealed: SealedValue): Promise<VaultProblem | null>
}

interface Deps {
  readonly workspace: WorkspaceId
  readonly keys: VaultKeys
  readonly random: Random
}

export const createTextSealer = ({ workspace, keys, random }: Deps): TextSealer => ({
  wanted: keys.wanted,
  seal: async (text, writing) => {
    const name = keys.wanted()
    const key = await keys.get(name)
    if (typeof key === 'string') throw new Error(`The key to seal by is not here: ${key}.`)
    return { name, sealed: await seal(text, writing, { workspace, name, key, random }) }
  },
  open: async (sealed, place) => {
    const key = await keys.get(keyNameOf(sealed))
    if (typeof key === 'string') return { problem: key }
    const text = await unseal(sealed, place, { workspace, key })
    return text === null ? { problem: 'damaged' } : { text }
  },
  problemOf: async sealed => {
    const key = await keys.get(keyNameOf(sealed))
    return typeof key === 'string' ? key : null
  },
})
