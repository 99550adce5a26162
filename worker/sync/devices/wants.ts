import type { DocumentId } from '../../../protocol/ids.ts'
import type { Want } from '../../../protocol/slot.ts'
import type { RelayMemory } from '../relay/relay-memory.ts'
import type { Slots } from './slots.ts'

/**
 * What a device could not read may still be with another one. So it says which documents it wants, in its slot; any
 * device that has one of them audits it, which sends whatever the relay's log lacks, and says so in its own.
 */
export interface Wants {
  /** A document has something that could not be read. Saved until another device has answered. */
  want(document: DocumentId, want: string): void
  isAnswered(want: string): boolean
  /** What this device still wants. */
  own(): readonly Want[]
  /** Connected: what could not be answered on the connection before is taken up again. */
  opened(): void
  /** Others may have said something new. */
  look(): void
  /** Documents that others are waiting for. */
  asked(document: DocumentId): boolean
  /** All of a document that the log lacked was sent. */
  audited(document: DocumentId): void
}

interface Deps {
  readonly memory: RelayMemory
  readonly slots: Pick<Slots, 'setWants' | 'setHaves' | 'others'>
  /** Whether this device has the document at all. */
  readonly has: (document: DocumentId) => boolean
  readonly isDeleted: (document: DocumentId) => boolean
  /** Asks for `audited` in a while, for a document that is `asked`. */
  readonly audit: (document: DocumentId) => void
  /** An own want was answered. */
  readonly onAnswered: (document: DocumentId) => void
}

/** A slot is small. What does not fit waits for its turn. */
const TOLD = 100
const ANSWERS_KEPT = 1_000

export const createWants = ({ memory, slots, ...deps }: Deps): Wants => {
  /** Wants of others that this device is about to answer, by document. */
  const asking = new Map<DocumentId, Set<string>>()
  // Of a note that was deleted for good nobody has anything to send any more.
  const own = (): readonly Want[] =>
    (memory.get().wants ?? []).filter(({ document }) => !deps.isDeleted(document))
  const answered = (): readonly string[] => memory.get().answered ?? []
  const haves = (): readonly string[] => memory.get().haves ?? []

  const tell = (): void => {
    slots.setWants(own().slice(0, TOLD))
    slots.setHaves(haves().slice(-TOLD))
  }

  const takeAnswers = (told: ReadonlySet<string>): void => {
    const done = own().filter(({ want }) => told.has(want))
    if (done.length === 0) return
    memory.update({
      wants: own().filter(each => !done.includes(each)),
      answered: [...answered(), ...done.map(({ want }) => want)].slice(-ANSWERS_KEPT),
    })
    tell()
    for (const { document } of done) deps.onAnswered(document)
  }

  const takeQuestions = (wanted: readonly Want[]): void => {
    // Nobody asks for these any more.
    const current = new Set(wanted.map(({ want }) => want))
    const stillAsked = haves().filter(have => current.has(have))
    if (stillAsked.length < haves().length) {
      memory.update({ haves: stillAsked })
      tell()
    }
    for (const { document, want } of wanted) {
      if (haves().includes(want) || !deps.has(document)) continue
      const asked = asking.get(document) ?? new Set()
      if (asked.has(want)) continue
      asking.set(document, asked.add(want))
      deps.audit(document)
    }
  }

  tell()
  return {
    want: (document, want) => {
      if (own().some(each => each.want === want) || answered().includes(want)) return
      memory.update({ wants: [...own(), { document, want }] })
      tell()
    },
    isAnswered: want => answered().includes(want),
    own,
    opened: () => {
      for (const document of asking.keys()) deps.audit(document)
    },
    look: () => {
      const others = [...slots.others().values()]
      takeAnswers(new Set(others.flatMap(slot => slot.haves)))
      takeQuestions(others.flatMap(slot => slot.wants))
    },
    asked: document => asking.has(document),
    audited: document => {
      const asked = asking.get(document)
      if (!asked) return
      asking.delete(document)
      memory.update({ haves: [...haves(), ...asked] })
      tell()
    },
  }
}
