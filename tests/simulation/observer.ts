import type { DocumentId } from '../../protocol/ids.ts'
import { decodeClientMessage } from '../../protocol/relay-codec.ts'
import type { Hello, RelayMessage } from '../../protocol/relay-messages.ts'
import { isPending } from '../../worker/documents/document-state.ts'
import type { RelayMarks } from '../../worker/sync/document/relay-marks.ts'
import type { MemoryDisk } from '../support/memory-log-store.ts'
import { causeOfReading } from './audits.ts'
import type { DeviceHost } from './device-host.ts'
import { marksOf } from './loaded.ts'
import type { ReceiptChecks } from './receipts.ts'
import type { Story } from './story.ts'

/** Counts what devices and a relay do, by what can be seen of it: messages, marks on disks, and what lies there. */
export interface Observer {
  /** A device sends something. */
  sent(bytes: Uint8Array, device: string): void
  /** The relay says something. */
  said(message: RelayMessage, device: string): void
  /** What a device knows of a document at the relay is another now. */
  marked(device: DeviceHost, ...change: Marked): void
  /** A snapshot took the place of entries. */
  compacted(document: DocumentId): void
}

type Marked = [document: DocumentId, before: RelayMarks | undefined, after: RelayMarks]

/** Whether a message from a device is a `load`, without decoding it: an array, then its name. */
const isLoad = (bytes: Uint8Array): boolean =>
  bytes[1] === 0x64 && bytes[2] === 0x6c && bytes[3] === 0x6f && bytes[4] === 0x61 && bytes[5] === 0x64

export const createObserver = (
  { census, devices, truth }: Story,
  relay: string,
  disk: () => MemoryDisk,
  receipts: Pick<ReceiptChecks, 'marked'>,
): Observer => {
  const hellos = new Map<string, Hello>()

  const countMarks = (before: RelayMarks | undefined, after: RelayMarks): void => {
    if (before === undefined || before === after) return
    if (after.missing > before.missing) census.count('gap in a chain noticed')
    if ((after.late ?? 0) > (before.late ?? 0)) census.count('entry of somebody who was out left out')
    if (after.want !== null && before.want === null) census.count('want asked')
    if (after.want === null && before.want !== null)
      census.count(after.auditDue ? 'want answered' : 'want settled by an audit')
    if (after.setAside.length > before.setAside.length)
      for (const { position, code } of after.setAside)
        if (!before.setAside.some(entry => entry.position === position)) census.count(`set aside: ${code}`)
  }

  const countLoad = (document: DocumentId, name: string): void => {
    const store = devices
      .find(device => device.name === name)
      ?.life()
      ?.loaded.get(document)
    const hello = hellos.get(name)
    if (!store || !hello) return
    const entries = [...disk().logs.values()][0]?.entries ?? []
    const stampAt = (position: number): string | null => entries[position - 1]?.stamp ?? null
    census.count(
      causeOfReading(marksOf(store, relay), store, { log: hello.log, end: entries.length, stampAt }),
    )
  }

  return {
    sent: (bytes, device) => {
      if (!isLoad(bytes)) return
      const decoded = decodeClientMessage(bytes)
      if (!decoded.ok || decoded.value.type !== 'load' || decoded.value.after > 0) return
      countLoad(decoded.value.document, device)
    },
    said: (message, device) => {
      if (message.type === 'hello') hellos.set(device, message)
    },
    marked: (device, document, before, after) => {
      countMarks(before, after)
      receipts.marked(device, document, before, after)
    },
    compacted: document => {
      const stores = devices.flatMap(device => device.life()?.loaded.get(document) ?? [])
      const meanwhile = {
        'edits on their way': stores.some(({ doc }) => !truth.oracle?.wasRelayed(relay, document, doc)),
        'pending structs': stores.some(({ doc }) => isPending(doc)),
        'entries set aside': stores.some(store => (marksOf(store, relay)?.setAside.length ?? 0) > 0),
      }
      const others = Object.entries(meanwhile).flatMap(([what, isSo]) => (isSo ? [what] : []))
      if (others.length === 0) census.count('compaction alone')
      for (const what of others) census.count(`compaction with ${what}`)
    },
  }
}
