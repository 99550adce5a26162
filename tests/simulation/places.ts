import type { DocumentId } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'

/** What people were promised of whole notes: one that was made is there, and where it was put last. */
export interface Places {
  made(note: DocumentId, device: string): void
  /** Somebody moves a note; `seen` is what the index of that device says of its place before. Returns what was done. */
  moved(note: DocumentId, device: string, to: Place, time: Times): Move
  stored(move: Move): void
  /** Somebody deletes a note for good: from then on it may be anywhere. */
  removing(note: DocumentId, device: string): void
  isRemoved(note: DocumentId): boolean
  isRemovedBy(note: DocumentId, device: string): boolean
  /** The device lost what was only in its index. */
  lost(device: string): void
  /** What is wrong with the lists of a device, in words. */
  problems(device: string, placeOf: (note: DocumentId) => Place | 'gone'): string[]
}

/** The field that says when a note was put into the trash, before and after. */
interface Times {
  readonly before: number | undefined
  readonly after: number | undefined
}

export interface Move {
  readonly note: DocumentId
  readonly device: string
  readonly to: Place
  readonly after: number | undefined
  /** What the device saw, and put something else in place of. */
  readonly replaces: ReadonlySet<Move>
  stored: boolean
}

export const createPlaces = (): Places => {
  const makers = new Map<DocumentId, Set<string>>()
  const removed = new Map<DocumentId, Set<string>>()
  const moves = new Map<DocumentId, Move[]>()

  const movesOf = (note: DocumentId): Move[] => {
    const known = moves.get(note) ?? []
    moves.set(note, known)
    return known
  }

  /** Whoever restores or trashes puts a value in place of the one that they see; what they did not see stands beside. */
  const seenBy = (note: DocumentId, { before }: Times): Move[] => {
    const same = before ? movesOf(note).filter(({ after }) => after === before) : []
    return same.length === 1 ? same : []
  }

  /** Where a note may be in the end. */
  const possible = (note: DocumentId): Set<Place> => {
    const all = movesOf(note)
    const certain = all.filter(({ stored }) => stored)
    const replaced = new Set(certain.flatMap(({ replaces }) => [...replaces]))
    const places = new Set(all.filter(move => !replaced.has(move)).map(({ to }) => to))
    if (certain.length === 0) places.add('notes')
    return places
  }

  return {
    made: (note, device) => void makers.set(note, (makers.get(note) ?? new Set()).add(device)),
    moved: (note, device, to, times) => {
      const own = movesOf(note).filter(move => move.device === device && move.stored)
      const replaces = new Set([...own, ...seenBy(note, times)])
      const move: Move = { note, device, to, after: times.after, replaces, stored: false }
      movesOf(note).push(move)
      return move
    },
    stored: move => {
      move.stored = true
    },
    removing: (note, device) => void removed.set(note, (removed.get(note) ?? new Set()).add(device)),
    isRemoved: note => removed.has(note),
    isRemovedBy: (note, device) => removed.get(note)?.has(device) === true,
    lost: device => {
      for (const devices of makers.values()) devices.delete(device)
      // What was seen elsewhere may be there still: it counts as something that may have happened.
      for (const all of moves.values())
        for (const move of all) if (move.device === device) move.stored = false
    },
    problems: (device, placeOf) =>
      [...makers].flatMap(([note, by]) => {
        if (by.size === 0 || removed.has(note)) return []
        const place = placeOf(note)
        if (place === 'gone') return [`${device} lost the note ${note}`]
        return possible(note).has(place)
          ? []
          : [`${device} has ${note} in ${place}, where nobody put it last`]
      }),
  }
}
