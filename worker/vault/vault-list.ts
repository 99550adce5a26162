import { VAULT_DOCUMENT } from '../../protocol/ids.ts'
import {
  VAULT_FIELDS,
  type VaultField,
  type VaultProblem,
  type VaultRow,
  type VaultValue,
} from '../../protocol/vault.ts'
import type { OpenDocument } from '../documents/documents.ts'
import { createListeners } from '../listeners.ts'
import type { Observable } from '../tabs/whole-view.ts'
import { isEmptyText, type SealedValue } from './sealed-value.ts'
import type { Vault } from './vault.ts'
import { readEntries, type SealedEntry, vaultMap } from './vault-entries.ts'
import type { VaultKeys } from './vault-keys.ts'

/** The list as long as somebody looks at it: of each entry only what tells it from the others is opened. */
export interface VaultList extends Observable<VaultValue> {
  close(): void
}

interface Deps {
  readonly vault: Vault
  readonly keys: Pick<VaultKeys, 'wanted' | 'isDeviceKey'>
  readonly open: (id: typeof VAULT_DOCUMENT) => Promise<OpenDocument>
}

const SHOWN = ['title', 'username', 'url'] as const satisfies readonly VaultField[]

export const openVaultList = async ({ vault, keys, open: openDocument }: Deps): Promise<VaultList> => {
  const open = await openDocument(VAULT_DOCUMENT)
  const map = vaultMap(open.doc)
  const listeners = createListeners()
  /** Texts that were opened for the list before. */
  let opened = new Map<SealedValue, string>()
  let rows: readonly VaultRow[] = []
  let reading = false
  let stale = true
  let closed = false

  const readRow = async (entry: SealedEntry, texts: Map<SealedValue, string>): Promise<VaultRow> => {
    let problem: VaultProblem | null = null
    const shown = { title: '', username: '', url: '' }
    for (const [field, [newest]] of entry.fields) {
      if (!newest) continue
      const { sealed } = newest
      const isShown = (SHOWN as readonly VaultField[]).includes(field)
      if (!isShown) {
        problem ??= await vault.sealer.problemOf(sealed)
        continue
      }
      const known = opened.get(sealed)
      const text = known === undefined ? await vault.sealer.open(sealed, newest) : { text: known }
      if ('problem' in text) problem ??= text.problem
      else {
        texts.set(sealed, text.text)
        shown[field as (typeof SHOWN)[number]] = text.text
      }
    }
    const { id, kind, changed, deleted, fields } = entry
    const written = (field: VaultField): number => fields.get(field)?.length ?? 0
    const filled = VAULT_FIELDS.filter(
      field => written(field) > 0 && !isEmptyText(fields.get(field)![0]!.sealed),
    )
    const several = VAULT_FIELDS.filter(field => written(field) > 1)
    return { id, kind, ...shown, filled, several, changed, deleted, problem }
  }

  const read = async (): Promise<void> => {
    while (stale && !closed) {
      stale = false
      const texts = new Map<SealedValue, string>()
      const entries = [...readEntries(map).values()]
      const next = await Promise.all(entries.map(entry => readRow(entry, texts)))
      opened = texts
      const sorted = next.toSorted((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1))
      if (JSON.stringify(sorted) !== JSON.stringify(rows)) rows = sorted
    }
  }

  const facts = () => ({
    sealedBy: keys.isDeviceKey(keys.wanted()) ? ('device' as const) : ('workspace' as const),
    writable: vault.mayWrite(),
    sealing: vault.resealing(),
  })
  const compute = (): VaultValue => ({ rows, ...facts() })
  const toldOf = ({ rows: _, ...others }: VaultValue): string => JSON.stringify(others)
  let value = compute()
  const tell = (): void => {
    const next = compute()
    if (next.rows === value.rows && toldOf(next) === toldOf(value)) return
    value = next
    listeners.tell()
  }

  const readAgain = (): void => {
    stale = true
    if (reading) return
    reading = true
    read()
      .catch(error => console.error('The list of the vault could not be read.', error))
      .finally(() => {
        reading = false
        if (closed) return
        tell()
        if (stale) readAgain()
      })
  }
  let wanted = keys.wanted()
  const look = (): void => {
    // A new key may open what could not be opened before.
    if (keys.wanted() !== wanted || rows.some(({ problem }) => problem === 'unknown-key')) readAgain()
    wanted = keys.wanted()
    tell()
  }
  map.observe(readAgain)
  const stop = vault.onChange(look)
  await read()
  value = compute()
  vault.check()

  return {
    get: () => value,
    subscribe: listeners.add,
    close: () => {
      closed = true
      stop()
      map.unobserve(readAgain)
      listeners.clear()
      open.release()
    },
  }
}
