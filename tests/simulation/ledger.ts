import type { DocumentId } from '../../protocol/ids.ts'

/** What people were promised: a word that was shown as stored is there once in the end, one that was deleted is not. */
export interface Ledger {
  /** A word that nothing in a sealed message may show. */
  newWord(device: string): string
  /** `note` is null as long as it has no name yet. */
  wrote(word: string, note: DocumentId | null, written: Written): void
  stored(word: string, device: string): void
  deleting(word: string): void
  deleted(word: string, device: string): void
  /** A device deletes a note for good: words that it cannot know of must not go with it. */
  removing(note: DocumentId, device: string, isKnown: (word: string, written: Written) => boolean): void
  /**
   * A relay has this text of a deleted note. A word that came there before its device heard of the deletion looks like
   * any other to that device: it goes with the note.
   */
  relayed(note: DocumentId, text: string, knowsOfDeletion: (device: string) => boolean): void
  /** The device lost all that was only there, of one note or of all. */
  lost(device: string, note?: DocumentId): void
  /** Nothing that a device does counts from now on, nor what nobody had taken over yet. */
  removed(device: string): void
  /** It comes again, as another one. */
  cameAgain(device: string): void
  /** Words in a text that nobody wrote. */
  unknown(text: string): string[]
  /** What is wrong with the texts of a device, in words. */
  problems(device: string, textOf: (note: DocumentId) => string): string[]
}

/** Up to where the writer's own changes of the index went when a word was written. */
export interface Written {
  readonly client: number
  readonly clock: number
}

interface Word {
  readonly written: Written
  readonly note: DocumentId | null
  /** Devices that showed it as stored, and those that showed its deletion as stored. */
  readonly storedBy: Set<string>
  readonly deletedBy: Set<string>
  deleting: boolean
}

export const MARKER = '<word:'
export const WORD = /<word:[^>]*> ?/g

export const createLedger = (): Ledger => {
  const words = new Map<string, Word>()
  /** Notes that somebody deleted for good. One that comes back with what others wrote may lack what was deleted in it. */
  const removed = new Set<DocumentId>()
  const removedDevices = new Set<string>()
  const lost: Ledger['lost'] = (device, only) => {
    for (const { note, storedBy, deletedBy } of words.values()) {
      if (only !== undefined && note !== only) continue
      storedBy.delete(device)
      deletedBy.delete(device)
    }
  }
  return {
    newWord: device => `${MARKER}${device}.${words.size}>`,
    wrote: (word, note, written) =>
      void words.set(word, { note, written, storedBy: new Set(), deletedBy: new Set(), deleting: false }),
    stored: (word, device) => {
      if (!removedDevices.has(device)) words.get(word)?.storedBy.add(device)
    },
    deleting: word => {
      const known = words.get(word)
      if (known) known.deleting = true
    },
    deleted: (word, device) => {
      if (!removedDevices.has(device)) words.get(word)?.deletedBy.add(device)
    },
    removing: (note, device, isKnown) => {
      removed.add(note)
      for (const [word, known] of words) {
        if (known.note !== note) continue
        if (isKnown(word, known.written)) known.deleting = true
        known.storedBy.delete(device)
        known.deletedBy.delete(device)
      }
    },
    relayed: (note, text, knowsOfDeletion) => {
      for (const [word, known] of words)
        if (known.note === note && text.includes(word))
          known.deleting ||= ![...known.storedBy].every(knowsOfDeletion)
    },
    lost,
    removed: device => {
      removedDevices.add(device)
      lost(device)
    },
    cameAgain: device => void removedDevices.delete(device),
    unknown: text => [...text.matchAll(WORD)].map(([word]) => word.trim()).filter(word => !words.has(word)),
    problems: (device, textOf) =>
      [...words].flatMap(([word, { note, storedBy, deletedBy, deleting }]) => {
        if (note === null) return []
        const times = textOf(note).split(word).length - 1
        if (times > 1) return [`${device} has ${word} ${times} times`]
        if (times === 1 && deletedBy.size > 0 && !removed.has(note))
          return [`${device} has ${word}, which was deleted`]
        if (times === 0 && storedBy.size > 0 && !deleting) return [`${device} lost ${word}`]
        return []
      }),
  }
}
