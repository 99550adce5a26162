import type { DocumentId } from '../../protocol/ids.ts'

/** What people were promised: a word that was shown as stored is there once in the end, one that was deleted is not. */
export interface Ledger {
  /** A word that nothing in a sealed message may show. */
  newWord(device: string): string
  wrote(word: string, note: DocumentId): void
  stored(word: string, device: string): void
  deleting(word: string): void
  deleted(word: string, device: string): void
  /** The device lost all that was only there. */
  lost(device: string): void
  /** Words in a text that nobody wrote. */
  unknown(text: string): string[]
  /** What is wrong with the texts of a device, in words. */
  problems(device: string, textOf: (note: DocumentId) => string): string[]
}

interface Word {
  readonly note: DocumentId
  /** Devices that showed it as stored, and those that showed its deletion as stored. */
  readonly storedBy: Set<string>
  readonly deletedBy: Set<string>
  deleting: boolean
}

export const MARKER = '<word:'
export const WORD = /<word:[^>]*> ?/g

export const createLedger = (): Ledger => {
  const words = new Map<string, Word>()
  return {
    newWord: device => `${MARKER}${device}.${words.size}>`,
    wrote: (word, note) =>
      void words.set(word, { note, storedBy: new Set(), deletedBy: new Set(), deleting: false }),
    stored: (word, device) => void words.get(word)?.storedBy.add(device),
    deleting: word => {
      const known = words.get(word)
      if (known) known.deleting = true
    },
    deleted: (word, device) => void words.get(word)?.deletedBy.add(device),
    lost: device => {
      for (const { storedBy, deletedBy } of words.values()) {
        storedBy.delete(device)
        deletedBy.delete(device)
      }
    },
    unknown: text => [...text.matchAll(WORD)].map(([word]) => word.trim()).filter(word => !words.has(word)),
    problems: (device, textOf) =>
      [...words].flatMap(([word, { note, storedBy, deletedBy, deleting }]) => {
        const times = textOf(note).split(word).length - 1
        if (times > 1) return [`${device} has ${word} ${times} times`]
        if (times === 1 && deletedBy.size > 0) return [`${device} has ${word}, which was deleted`]
        if (times === 0 && storedBy.size > 0 && !deleting) return [`${device} lost ${word}`]
        return []
      }),
  }
}
