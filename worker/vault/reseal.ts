import type * as Y from 'yjs'
import { keyNameOf, type SealedValue } from './sealed-value.ts'
import type { TextSealer } from './text-sealer.ts'
import { type SealedWriting, sortOut, vaultMap } from './vault-entries.ts'
import { placeKey } from './vault-fields.ts'

/** So few are written in one transaction that nobody waits for it. */
const AT_ONCE = 8

interface Deps {
  readonly doc: Y.Doc
  readonly sealer: TextSealer
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void
  readonly isClosed: () => boolean
}

/**
 * Seals by the wanted key whatever is sealed by another. Which texts still need it shows in the texts themselves, so
 * that it can end anywhere and go on at the next start. What cannot be opened here stays as it is; what was replaced or
 * erased meanwhile goes.
 */
export const reseal = async ({ doc, sealer, onProgress, isClosed }: Deps): Promise<void> => {
  const map = vaultMap(doc)
  const unreadable = new Set<SealedValue>()
  let done = 0

  const isDue = ({ sealed }: SealedWriting): boolean =>
    keyNameOf(sealed) !== sealer.wanted() && !unreadable.has(sealed)

  const resealed = async (writing: SealedWriting) => {
    const opened = await sealer.open(writing.sealed, writing)
    if ('text' in opened) return { writing, ...(await sealer.seal(opened.text, writing)) }
    unreadable.add(writing.sealed)
    return null
  }

  for (;;) {
    const { counting, over } = sortOut(map)
    if (over.length > 0)
      doc.transact(() => {
        for (const writing of over) map.delete(placeKey(writing))
      })
    const due = counting.filter(isDue)
    if (due.length === 0) return
    const total = done + due.length
    for (let at = 0; at < due.length; at += AT_ONCE) {
      onProgress({ done, total })
      const batch = await Promise.all(due.slice(at, at + AT_ONCE).map(resealed))
      if (isClosed()) return
      doc.transact(() => {
        for (const each of batch) {
          // Written anew, or the wanted key changed, while it was sealed: the next round looks at it again.
          if (each === null || each.name !== sealer.wanted()) continue
          const key = placeKey(each.writing)
          if (map.get(key) !== each.writing.sealed) continue
          map.set(key, each.sealed)
          done += 1
        }
      })
    }
  }
}
