import type * as Y from 'yjs'
import type { VaultEntryId, VaultField, VaultKind } from '../../protocol/vault.ts'
import type { SealedValue } from './sealed-value.ts'
import { factKey, isVaultKind, type Place, parseKey, VAULT_MAP, type Version } from './vault-fields.ts'

export interface SealedField {
  readonly version: Version
  readonly sealed: SealedValue
}

/** One entry as the document has it, still sealed. */
export interface SealedEntry {
  readonly id: VaultEntryId
  readonly kind: VaultKind
  readonly changed: number
  readonly deleted: boolean
  /** The newest first. */
  readonly fields: ReadonlyMap<VaultField, readonly SealedField[]>
}

export type VaultMap = Y.Map<unknown>

export const vaultMap = (doc: Y.Doc): VaultMap => doc.getMap(VAULT_MAP)

const time = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** The versions that were there when the entry was erased; null where it was not. */
const erasedVersions = (map: VaultMap, entry: VaultEntryId): ReadonlySet<unknown> | null => {
  const value = map.get(factKey(entry, 'erased'))
  return Array.isArray(value) ? new Set(value) : null
}

/** What came back after it was erased waits among the deleted ones until somebody restores it. */
const isDeleted = (map: VaultMap, entry: VaultEntryId): boolean => {
  const deleted = map.get(factKey(entry, 'deleted'))
  return deleted === undefined ? erasedVersions(map, entry) !== null : time(deleted) > 0
}

/**
 * All sealed texts that count. What an entry held when it was erased does not, should somebody have sealed it anew at
 * the same time; what the one who erased it never saw does.
 */
export const sealedPlaces = (map: VaultMap): (Place & { readonly sealed: SealedValue })[] => {
  const found: (Place & { readonly sealed: SealedValue })[] = []
  const erased = new Map<VaultEntryId, ReadonlySet<unknown> | null>()
  for (const [key, sealed] of map.entries()) {
    const parsed = parseKey(key)
    if (parsed === null || 'fact' in parsed || typeof sealed !== 'string') continue
    const { entry } = parsed
    if (!erased.has(entry)) erased.set(entry, erasedVersions(map, entry))
    if (!erased.get(entry)?.has(parsed.version)) found.push({ ...parsed, sealed })
  }
  return found
}

export const readEntries = (map: VaultMap): Map<VaultEntryId, SealedEntry> => {
  const fields = new Map<VaultEntryId, Map<VaultField, SealedField[]>>()
  for (const { entry, field, version, sealed } of sealedPlaces(map)) {
    const ofEntry = fields.get(entry) ?? new Map<VaultField, SealedField[]>()
    fields.set(entry, ofEntry)
    ofEntry.set(field, [...(ofEntry.get(field) ?? []), { version, sealed }])
  }
  const entries = new Map<VaultEntryId, SealedEntry>()
  for (const [id, ofEntry] of fields) {
    for (const texts of ofEntry.values()) texts.sort((a, b) => (a.version < b.version ? 1 : -1))
    const kind = map.get(factKey(id, 'kind'))
    entries.set(id, {
      id,
      kind: isVaultKind(kind) ? kind : 'password',
      changed: time(map.get(factKey(id, 'changed'))),
      deleted: isDeleted(map, id),
      fields: ofEntry,
    })
  }
  return entries
}
