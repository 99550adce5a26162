import type * as Y from 'yjs'
import type { VaultEntryId, VaultField, VaultKind } from '../../protocol/vault.ts'
import { afterOf, type SealedValue } from './sealed-value.ts'
import { factKey, isVaultKind, parseKey, placeKey, VAULT_MAP, type Writing } from './vault-fields.ts'

/** One entry as the document has it, still sealed. */
export interface SealedEntry {
  readonly id: VaultEntryId
  readonly kind: VaultKind
  readonly changed: number
  readonly deleted: boolean
  /** The newest first. */
  readonly fields: ReadonlyMap<VaultField, readonly SealedWriting[]>
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

/** One text as the document has it. */
export interface SealedWriting extends Writing {
  readonly sealed: SealedValue
}

/** All sealed texts, those included that do not count any more. */
const allWritings = (map: VaultMap): SealedWriting[] => {
  const found: SealedWriting[] = []
  for (const [key, sealed] of map.entries()) {
    const parsed = parseKey(key)
    if (parsed === null || 'fact' in parsed || typeof sealed !== 'string') continue
    found.push({ ...parsed, sealed, after: afterOf(sealed) })
  }
  return found
}

/**
 * Sealed texts, sorted out: what was replaced or erased does not count, should somebody have sealed it anew at the same
 * time. What those who replaced or erased it never saw does.
 */
export const sortOut = (
  map: VaultMap,
): { readonly counting: readonly SealedWriting[]; readonly over: readonly SealedWriting[] } => {
  const all = allWritings(map)
  const replaced = new Set(
    all.flatMap(({ entry, field, after }) => after.map(version => placeKey({ entry, field, version }))),
  )
  const erased = new Map<VaultEntryId, ReadonlySet<unknown> | null>()
  const counting: SealedWriting[] = []
  const over: SealedWriting[] = []
  for (const writing of all) {
    const { entry, version } = writing
    if (!erased.has(entry)) erased.set(entry, erasedVersions(map, entry))
    const isOver = replaced.has(placeKey(writing)) || erased.get(entry)?.has(version) === true
    ;(isOver ? over : counting).push(writing)
  }
  return { counting, over }
}

export const readEntries = (map: VaultMap): Map<VaultEntryId, SealedEntry> => {
  const fields = new Map<VaultEntryId, Map<VaultField, SealedWriting[]>>()
  for (const writing of sortOut(map).counting) {
    const { entry, field } = writing
    const ofEntry = fields.get(entry) ?? new Map<VaultField, SealedWriting[]>()
    fields.set(entry, ofEntry)
    ofEntry.set(field, [...(ofEntry.get(field) ?? []), writing])
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
