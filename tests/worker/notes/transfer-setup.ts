import type { ImportSource } from '../../../protocol/commands.ts'
import { exportNotes } from '../../../worker/notes/export/export-notes.ts'
import { importNotes } from '../../../worker/notes/import/import-notes.ts'
import { createTransfer } from '../../../worker/notes/transfer.ts'
import { systemClock } from '../../../worker/platform/clock.ts'
import type { FreeSpace } from '../../../worker/platform/disk-space.ts'
import { createDevice, type Device, must } from './setup.ts'

const encoder = new TextEncoder()

export const file = (
  path: string,
  content: string | Uint8Array = '',
  lastModified?: number,
): ImportSource => {
  const bytes = new Uint8Array(typeof content === 'string' ? encoder.encode(content) : content)
  return {
    path,
    file: {
      size: bytes.length,
      ...(lastModified === undefined ? {} : { lastModified }),
      arrayBuffer: async () => bytes.buffer,
    },
  }
}

/** A device with import and export. Time is real here: an import only waits for its own turn. */
export const createTransferDevice = async (seed = 1, freeSpace: FreeSpace = async () => null) => {
  const device = await createDevice(seed)
  const transfer = createTransfer()
  const { documents, home, random } = device
  const tryToBringIn = (sources: readonly ImportSource[], evenIfTight = false) =>
    transfer.run('import', progress =>
      importNotes({ documents, home, clock: systemClock, random, progress, freeSpace }, sources, evenIfTight),
    )
  const bringIn = async (...sources: ImportSource[]) => must(await tryToBringIn(sources))
  const takeOut = async () =>
    must(
      await transfer.run('export', progress =>
        exportNotes({ documents, home, clock: systemClock, progress }),
      ),
    )
  return {
    ...device,
    transfer,
    bringIn,
    tryToBringIn,
    takeOut,
    /** The export as a file that can be imported. */
    exported: async (): Promise<ImportSource> => {
      const { archive } = await takeOut()
      if (!archive) throw new Error('cancelled')
      return { path: 'notes.zip', file: archive }
    },
    contents: () => contentsOf(device),
  }
}

/** Every note by its place and the path that it came from, with its text. */
const contentsOf = async (device: Device): Promise<readonly (readonly [string, string])[]> => {
  const found: [string, string][] = []
  for (const { id, place, fields, row } of device.home.entries()) {
    if (place === 'gone') continue
    found.push([`${place} ${fields.path ?? `${row.folder}?`}`, await device.read(id)])
  }
  return found.toSorted((a, b) => (a.join('\0') < b.join('\0') ? -1 : 1))
}
