import { ok, type Result } from '../../protocol/result.ts'
import type { VaultField, VaultOutcomes } from '../../protocol/vault.ts'
import { type Random, randomId } from '../platform/random.ts'
import type { Vault } from './vault.ts'
import { readEntries, type SealedEntry, vaultMap } from './vault-entries.ts'
import { factKey, makeVersion } from './vault-fields.ts'
import { contentOf, formatVaultFile, type PlainEntry, parseVaultFile } from './vault-file.ts'

/** Null where something of it cannot be opened here. */
const openEntry = async (vault: Vault, entry: SealedEntry): Promise<PlainEntry | null> => {
  const fields: Partial<Record<VaultField, string>> = {}
  for (const [field, [newest]] of entry.fields) {
    if (!newest) continue
    const opened = await vault.sealer.open(newest.sealed, newest)
    if ('problem' in opened) return null
    if (opened.text !== '') fields[field] = opened.text
  }
  return { kind: entry.kind, changed: entry.changed, fields }
}

const openAll = async (vault: Vault): Promise<readonly (PlainEntry | null)[]> =>
  vault.withDocument(async ({ doc }) => {
    const kept = [...readEntries(vaultMap(doc)).values()].filter(({ deleted }) => !deleted)
    return Promise.all(kept.map(entry => openEntry(vault, entry)))
  })

/** All entries that are not deleted, unsealed. */
export const exportVault = async (
  vault: Vault,
  now: number,
): Promise<Result<VaultOutcomes['vault-export']>> => {
  const opened = await openAll(vault)
  const entries = opened.filter(entry => entry !== null)
  const file = new Blob([formatVaultFile(entries, now)], { type: 'application/json' })
  return ok({ file, entries: entries.length, unreadable: opened.length - entries.length })
}

/** So few are written in one transaction that nobody waits for it. */
const AT_ONCE = 20

/** Adds what is not there yet, word for word. Errors: `not-a-vault`, `vault-read-only`. */
export const importVault = async (
  vault: Vault,
  text: string,
  { random, now }: { readonly random: Random; readonly now: number },
): Promise<Result<VaultOutcomes['vault-import']>> => {
  const read = parseVaultFile(text)
  if (!read.ok) return read
  if (!vault.mayWrite()) return vault.readOnly
  const here = new Set((await openAll(vault)).flatMap(entry => (entry ? [contentOf(entry)] : [])))
  const added = read.value.filter(entry => {
    const content = contentOf(entry)
    return !here.has(content) && here.add(content)
  })
  await vault.withDocument(async ({ doc }) => {
    for (let at = 0; at < added.length; at += AT_ONCE) {
      const batch = added.slice(at, at + AT_ONCE).map(entry => ({ ...entry, id: randomId(random) }))
      const version = makeVersion(now, randomId(random))
      const texts = batch.flatMap(({ id, fields }) =>
        Object.entries({ title: '', ...fields }).map(([field, words]) => ({
          entry: id,
          field: field as VaultField,
          version,
          after: [],
          text: words,
        })),
      )
      await vault.write(doc, texts, (map, sealed) => {
        for (const [key, value] of sealed) map.set(key, value)
        for (const { id, kind, changed } of batch) {
          map.set(factKey(id, 'kind'), kind)
          map.set(factKey(id, 'changed'), changed || now)
        }
      })
    }
  })
  vault.check()
  return ok({ added: added.length, unchanged: read.value.length - added.length })
}
