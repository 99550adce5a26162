import * as Y from 'yjs'
import type { Role } from '../../../protocol/access/acts.ts'
import { HOME_DOCUMENT } from '../../../protocol/ids.ts'
import type { Result } from '../../../protocol/result.ts'
import { createNotes } from '../../../worker/notes/notes.ts'
import type { Rights } from '../../../worker/notes/rights.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { createMemoryDocuments, type MemoryDisk, type MemoryMarks } from '../../support/memory-documents.ts'
import { seededRandom } from '../../support/seeded.ts'

/** One device with its notes, without a browser. The same disk again is the same device after a restart. */
export const createDevice = async (seed = 1, disk?: MemoryDisk, marks?: MemoryMarks) => {
  let role: Role | null = 'owner'
  const heard = new Set<() => void>()
  const rights: Rights = {
    role: () => role,
    mayWrite: () => role !== null && role !== 'reader',
    onChange: listener => {
      heard.add(listener)
      return () => heard.delete(listener)
    },
  }
  const documents = createMemoryDocuments(disk, marks)
  const clock = createManualClock()
  const random = seededRandom(seed)
  const homeDocument = await documents.open(HOME_DOCUMENT)
  const notes = createNotes({ documents, home: homeDocument, clock, random, rights })
  return {
    documents,
    clock,
    random,
    homeDocument,
    notes,
    /** Somebody gives this device another role, or takes it out. */
    setRole: (next: Role | null): void => {
      role = next
      for (const listener of [...heard]) listener()
    },
    home: notes.home,
    /** Resolves as soon as the index is as described, which is asked at each of its changes. */
    until: (isSo: () => boolean) =>
      new Promise<void>(resolve => {
        if (isSo()) return resolve()
        const stop = notes.home.onChange(() => {
          if (!isSo()) return
          stop()
          resolve()
        })
      }),
    writtenTitle: (note: string) => {
      const map: Y.Map<{ title: string }> = homeDocument.doc.getMap('notes')
      return map.get(`${note}:summary`)?.title
    },
    titles: (place: 'notes' | 'trash' = 'notes') => notes.home.rows(place).map(({ title }) => title),
    /** Types text at the end of a note, as a tab would. */
    type: async (note: string, words: string) => {
      const { text, release } = must(await notes.open(note))
      const length = text.text().length
      const changes = [...(length > 0 ? [length] : []), [0, ...words.split('\n')]]
      const answer = must(await notes.edit(note, text.version(), [{ clientID: 'tab', changes }]))
      release()
      return answer
    },
    read: async (note: string) => {
      const { text, release } = must(await notes.open(note))
      const content = text.text()
      release()
      return content
    },
  }
}

export type Device = Awaited<ReturnType<typeof createDevice>>

export const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.value
}

/** Everything that one device's home document has reaches the other's, and back. */
export const meet = (a: Device, b: Device): void => {
  const send = (from: Device, to: Device): void =>
    Y.applyUpdate(
      to.homeDocument.doc,
      Y.encodeStateAsUpdate(from.homeDocument.doc, Y.encodeStateVector(to.homeDocument.doc)),
      'sync',
    )
  send(a, b)
  send(b, a)
}
