import { VAULT_DOCUMENT } from '../../protocol/ids.ts'
import type { NoteDocuments } from '../notes/note-documents.ts'
import type { Vault } from './vault.ts'
import { type SealedWriting, sortOut, vaultMap } from './vault-entries.ts'
import { type Fact, factKey, placeKey, type Writing } from './vault-fields.ts'

/** Where a vault comes from. Without a sealer nothing of it can be opened any more. */
interface Source {
  readonly documents: Pick<NoteDocuments, 'openInBackground'>
  readonly sealer: Vault['sealer'] | null
}

const AT_ONCE = 20
const FACTS = ['kind', 'changed', 'deleted'] as const satisfies readonly Fact[]

/**
 * Copies everything into the vault of another workspace, sealed for that one, under the same names: doing it again adds
 * what is missing. What was erased over there stays so, and what cannot be opened is copied as it is.
 */
export const bringVault = async ({ documents, sealer }: Source, into: Vault): Promise<void> => {
  const source = await documents.openInBackground(VAULT_DOCUMENT)
  try {
    const from = vaultMap(source.doc)
    const offered = sortOut(from).counting
    if (offered.length === 0) return
    await into.withDocument(async ({ doc }) => {
      const there = vaultMap(doc)
      const isMissing = (writing: SealedWriting): boolean => {
        const erased: unknown = there.get(factKey(writing.entry, 'erased'))
        const wasErased = Array.isArray(erased) && erased.includes(writing.version)
        return !wasErased && !there.has(placeKey(writing))
      }
      const missing = offered.filter(isMissing)
      for (let at = 0; at < missing.length; at += AT_ONCE) {
        const texts: (Writing & { readonly text: string })[] = []
        const closed: SealedWriting[] = []
        for (const writing of missing.slice(at, at + AT_ONCE)) {
          const opened = await sealer?.open(writing.sealed, writing)
          if (opened && 'text' in opened) texts.push({ ...writing, text: opened.text })
          else closed.push(writing)
        }
        await into.write(doc, texts, (map, sealed) => {
          for (const [key, value] of sealed) map.set(key, value)
          for (const place of closed) map.set(placeKey(place), place.sealed)
          for (const { entry } of [...texts, ...closed])
            for (const fact of FACTS) {
              const key = factKey(entry, fact)
              if (!map.has(key) && from.has(key)) map.set(key, from.get(key))
            }
        })
      }
    })
  } finally {
    source.release()
  }
}
