import { type DocumentId, HOME_DOCUMENT } from '../../protocol/ids.ts'
import type { Place } from '../../protocol/notes.ts'
import { ok } from '../../protocol/result.ts'
import { importNotes } from '../../worker/notes/import/import-notes.ts'
import type { HeldNote } from '../../worker/notes/open-notes.ts'
import { systemClock } from '../../worker/platform/clock.ts'
import { systemRandom } from '../../worker/platform/random.ts'
import { sealedRelay } from '../../worker/storage/stored-relay.ts'
import { createRelayHttp } from '../../worker/sync/relay/relay-http.ts'
import type { DeviceHost } from './device-host.ts'
import type { Network } from './network.ts'
import { indexClock, openNote } from './person.ts'
import type { Story } from './story.ts'
import type { WorkerLife } from './worker-life.ts'

/** What people do with whole notes, and what they are promised of it. */
export interface Deeds {
  make(life: WorkerLife, device: DeviceHost): Promise<void>
  move(life: WorkerLife, device: DeviceHost, to: Place): Promise<void>
  remove(life: WorkerLife, device: DeviceHost): Promise<void>
  emptyTrash(life: WorkerLife, device: DeviceHost): Promise<void>
  bringFiles(life: WorkerLife, device: DeviceHost): Promise<void>
  /** Makes notes again of all that the index does not name. */
  recover(life: WorkerLife): Promise<void>
  /** Uses all relays that it does not use yet. */
  turnSyncOn(life: WorkerLife, device: DeviceHost): Promise<void>
  turnSyncOff(life: WorkerLife): Promise<void>
  /** Uses one more relay; does nothing where that relay cannot be told of the workspace now. */
  addRelay(life: WorkerLife, device: DeviceHost, origin: string): Promise<void>
  /** Uses one relay less, where it is not the last. */
  removeRelay(life: WorkerLife, origin: string): Promise<void>
}

const FILES = 3
/** More notes than that make stories long, and show nothing new. */
const MOST_NOTES = 8

export const createDeeds = ({
  story,
  network,
}: {
  readonly story: Story
  readonly network: Network
}): Deeds => {
  const { dice, census, ledger, places, truth, origins } = story
  const isCrowded = ({ session }: WorkerLife): boolean =>
    session.notes.home.rows('notes').length + session.notes.home.rows('trash').length >= MOST_NOTES

  /** Whoever deletes a note knows of what it says there; what others wrote meanwhile must come to light. */
  const forget = async (life: WorkerLife, { name }: DeviceHost, id: DocumentId): Promise<HeldNote | null> => {
    const note = await openNote(life, id)
    if (note === null) return null
    places.removing(id, name)
    const known = note.text.text() + truth.oracle?.everText(id)
    ledger.removing(
      id,
      name,
      (word, { client, clock }) => known.includes(word) || indexClock(life, client).clock > clock,
    )
    life.notes.delete(id)
    return note
  }

  const addRelay: Deeds['addRelay'] = async ({ session }, { name }, origin) => {
    const { workspace } = session
    const isUsed = (): boolean => workspace.relays().some(relay => relay.origin === origin)
    if (isUsed()) return
    const http = createRelayHttp(origin, workspace.id, network.fetch(name))
    for (const { text, prev } of workspace.statements()) {
      const written = await http.writeAccess(text, null)
      if (written.ok || written.error.code === 'access-invalid') continue
      if (written.error.code !== 'access-conflict' || prev.length === 0) return
    }
    if (isUsed()) return
    const wasOff = workspace.relays().length === 0
    await session.relays.add(sealedRelay(origin))
    census.count(wasOff ? 'sync really turned on again' : 'relay really added')
  }

  return {
    make: async (life, { name }) => {
      if (isCrowded(life)) return
      const { notes } = life.session
      const word = dice.below(2) === 0 ? ledger.newWord(name) : null
      if (word) ledger.wrote(word, null, indexClock(life))
      const made = await notes.create({ text: word ? `${word} ` : '', folder: dice.pick(['', 'folder']) })
      if (!made.ok) return
      const { note } = made.value
      if (word) ledger.wrote(word, note, indexClock(life))
      await notes.home.stored()
      census.count('note really made')
      places.made(note, name)
      // Its row was there before it was stored: somebody may have deleted it meanwhile.
      if (word && !places.isRemovedBy(note, name)) ledger.stored(word, name)
    },
    move: async (life, { name }, to) => {
      const { home, trash, restore } = life.session.notes
      const rows = home.rows(to === 'trash' ? 'notes' : 'trash')
      if (rows.length === 0) return
      const { id } = dice.pick(rows)
      const before = home.get(id)?.fields.trashed
      const moved = to === 'trash' ? trash(id) : restore(id)
      if (!moved.ok) return
      const move = places.moved(id, name, to, { before, after: home.get(id)?.fields.trashed })
      await home.stored()
      census.count(to === 'trash' ? 'note really trashed' : 'note really restored')
      places.stored(move)
    },
    remove: async (life, device) => {
      const { home, remove } = life.session.notes
      const rows = home.rows('trash')
      if (rows.length === 0) return
      const { id } = dice.pick(rows)
      const note = await forget(life, device, id)
      if (note === null) return
      const removed = await remove(id)
      note.release()
      if (removed.ok) census.count('note really deleted')
    },
    emptyTrash: async (life, device) => {
      const { home, emptyTrash } = life.session.notes
      const forgotten: (HeldNote | null)[] = []
      for (const { id } of [...home.rows('trash')]) forgotten.push(await forget(life, device, id))
      const isComplete = home.rows('trash').every(({ id }) => places.isRemoved(id)) // one may have come meanwhile
      const emptied = isComplete ? await emptyTrash() : ok({ deleted: 0 })
      for (const note of forgotten) note?.release()
      if (emptied.ok && emptied.value.deleted > 0) census.count('trash really emptied')
    },
    bringFiles: async (life, { name }) => {
      if (isCrowded(life)) return
      const { home, documents, flush } = life.session.notes
      const words = Array.from({ length: FILES }, () => ledger.newWord(name))
      for (const word of words) ledger.wrote(word, null, indexClock(life))
      const sources = words.map(word => {
        const bytes = new TextEncoder().encode(`${word} `)
        return {
          path: `${name}/${word.replace(/\W/g, '')}.md`,
          file: { size: bytes.length, arrayBuffer: async () => bytes.buffer },
        }
      })
      await flush()
      const brought = await importNotes(
        {
          home,
          documents,
          clock: systemClock,
          random: systemRandom,
          progress: { cancelled: () => false, report: () => {} },
          freeSpace: async () => null,
        },
        sources,
      )
      if (!brought.ok) return
      await home.stored()
      census.count('files really imported')
      for (const { id } of [...home.rows('notes')]) {
        const note = await openNote(life, id)
        const word = words.find(one => note?.text.text().includes(one))
        if (!word) continue
        places.made(id, name)
        ledger.wrote(word, id, indexClock(life))
        ledger.stored(word, name)
      }
    },
    recover: async ({ session }) => {
      for (const { id } of session.recovered.get()) {
        if (id === HOME_DOCUMENT) continue
        const restored = await session.recovered.restore(id)
        if (restored.ok) census.count('text really recovered')
      }
    },
    turnSyncOn: async (life, device) => {
      for (const origin of origins) await addRelay(life, device, origin)
    },
    turnSyncOff: async ({ session }) => {
      if (session.workspace.relays().length === 0) return
      await session.relays.use([])
      census.count('sync really turned off')
    },
    addRelay,
    removeRelay: async ({ session }, origin) => {
      const relays = session.workspace.relays()
      if (relays.length < 2 || relays.every(relay => relay.origin !== origin)) return
      await session.relays.leave(origin)
      census.count('relay really removed')
    },
  }
}
