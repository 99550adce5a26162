import { VAULT_DOCUMENT } from '../../protocol/ids.ts'
import type { NoteDocuments } from '../notes/note-documents.ts'
import type { SealedValue } from './sealed-value.ts'
import type { Vault } from './vault.ts'
import { sealedPlaces, vaultMap } from './vault-entries.ts'
import { type Fact, factKey, type Place, placeKey } from './vault-fields.ts'

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
    const offered = sealedPlaces(from)
    if (offered.length === 0) return
    await into.withDocument(async ({ doc }) => {
      const there = vaultMap(doc)
      const isMissing = (place: Place): boolean => {
        const erased: unknown = there.get(factKey(place.entry, 'erased'))
        const wasErased = Array.isArray(erased) && erased.includes(place.version)
        return !wasErased && !there.has(placeKey(place))
      }
      const missing = offered.filter(isMissing)
      for (let at = 0; at < missing.length; at += AT_ONCE) {
        const texts: (Place & { readonly text: string })[] = []
        const closed: (Place & { readonly sealed: SealedValue })[] = []
        for (const { sealed, ...place } of missing.slice(at, at + AT_ONCE)) {
          const opened = await sealer?.open(sealed, place)
          if (opened && 'text' in opened) texts.push({ ...place, text: opened.text })
          else closed.push({ ...place, sealed })
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
