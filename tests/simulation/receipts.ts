import type { DeviceId, DocumentId } from '../../protocol/ids.ts'
import { documentDatabase } from '../../worker/storage/document-databases.ts'
import type { RelayMarks } from '../../worker/sync/document/relay-marks.ts'
import type { DeviceHost } from './device-host.ts'
import type { Disk } from './engine/disk.ts'
import { docOn } from './engine/read-disk.ts'
import { type Loaded, marksOf } from './loaded.ts'
import { type Holding, holdingOf, includes } from './oracle.ts'
import type { Story } from './story.ts'
import { documentsOf, type WorkerLife } from './worker-life.ts'

/** Whether what a device says of its changes at a relay is true: that it has them, and which other devices have stored them. */
export interface ReceiptChecks {
  /** A device knows anew up to where its changes are at the relay. */
  marked(device: DeviceHost, document: DocumentId, before: RelayMarks | undefined, after: RelayMarks): void
  check(device: DeviceHost, life: WorkerLife): void
}

type Store = Loaded extends ReadonlyMap<DocumentId, infer Each> ? Each : never

export const createReceiptChecks = (
  { devices, places, truth, census, problem }: Story,
  relay: string,
): ReceiptChecks => {
  /** What documents held when a device learned that all of it is at this relay. */
  const holdings = new Map<string, Holding>()
  /** What was found to be true stays true. */
  const relayed = new WeakMap<Store, number>()
  const delivered = new Set<string>()
  /** Of these nothing more can be said before they change. */
  const told = new WeakMap<Store, { readonly edits: number; readonly relayed: RelayMarks['relayed'] }>()
  /** Whose profile lies on which disks, also on those that are gone: who lost his is somebody else from then on. */
  const disks = new Map<DeviceId, Set<Disk>>()

  const nameOf = (device: DeviceHost, document: DocumentId, { log, relayed }: RelayMarks): string =>
    `${device.name} ${document} ${log} ${relayed!.position} ${relayed!.at}`

  const checkRelayed = (device: DeviceHost, id: DocumentId, store: Store): void => {
    if (relayed.get(store) === store.edits()) return
    if (!truth.oracle!.wasRelayed(relay, id, store.doc))
      problem(`${device.name} said "relayed" of what the relay never had`)
    relayed.set(store, store.edits())
  }

  const hasStored = (host: DeviceHost, database: string, held: Holding): boolean => {
    const doc = docOn(host.disk(), database)
    const stored = includes(holdingOf(doc), held)
    doc.destroy()
    return stored
  }

  const checkDelivered = (claim: string, to: DeviceId, database: string, held: Holding): void => {
    if (delivered.has(`${claim} ${to}`)) return
    // A copied profile goes by the same name as the one that it is a copy of. One that is gone may have said it.
    const all = [...(disks.get(to) ?? [])]
    const hosts = devices.filter(device => all.includes(device.disk()))
    if (
      hosts.length > 0 &&
      hosts.length === all.length &&
      !hosts.some(host => truth.damaged.has(host.name) || hasStored(host, database, held))
    )
      problem(`${claim}: "delivered" to ${hosts.map(({ name }) => name)}, which has not stored it`)
    census.count('delivered receipt checked')
    delivered.add(`${claim} ${to}`)
  }

  return {
    marked: (device, document, before, after) => {
      if (!after.relayed || after.relayed === before?.relayed) return
      const store = device.life()?.loaded.get(document)
      if (store) holdings.set(nameOf(device, document, after), holdingOf(store.doc))
    },
    check: (device, life) => {
      const own = disks.get(life.id) ?? new Set()
      disks.set(life.id, own.add(device.disk()))
      const { session } = life
      if (truth.oracle === null || truth.lied.has(relay)) return
      for (const [id] of documentsOf(life)) {
        const store = life.loaded.get(id)
        if (!store) continue
        const before = told.get(store)
        if (before?.edits === store.edits() && before.relayed === marksOf(store, relay)?.relayed) continue
        const receipt = session.sync()?.at(relay)?.receipt(id)
        if (!receipt?.relayed) continue
        checkRelayed(device, id, store)
        const marks = marksOf(store, relay)
        if (receipt.delivered.length === 0 || !marks?.relayed) continue
        if (places.isRemoved(id)) continue // it is gone from wherever that is known
        const claim = nameOf(device, id, marks)
        const held = holdings.get(claim)
        const database = documentDatabase(session.workspace.id, id)
        if (held) for (const to of receipt.delivered) checkDelivered(claim, to, database, held)
        if (receipt.delivered.length === receipt.others)
          told.set(store, { edits: store.edits(), relayed: marks.relayed })
      }
    },
  }
}
