import type { DocumentId } from '../../protocol/ids.ts'
import { placeIn } from '../../worker/notes/notes.ts'
import { MARKER } from './ledger.ts'
import type { RelayHost } from './relay-host.ts'
import type { Story } from './story.ts'

const marker = Buffer.from(MARKER)

/** Whether these bytes show a word that somebody wrote. */
export const showsWords = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(marker)

/** What has to hold once all have come together. */
export const checkTexts = ({ devices, ledger, places, problem }: Story): void => {
  for (const device of devices) {
    const life = device.life()
    if (life === null) continue
    const textOf = (id: DocumentId): string => life.notes.get(id)?.text.text() ?? ''
    for (const wrong of ledger.problems(device.name, textOf)) problem(wrong)
    const placeOf = (id: DocumentId) => placeIn(life.session.notes.home, id)
    for (const wrong of places.problems(device.name, placeOf)) problem(wrong)
    for (const { text } of life.notes.values())
      for (const word of ledger.unknown(text.text()))
        problem(`${device.name} has ${word}, which nobody wrote`)
  }
}

export const checkSecrecy = ({ problem }: Story, { disk }: Pick<RelayHost, 'disk'>): void => {
  for (const { entries, slots, statements } of disk.logs.values()) {
    const all = [
      ...entries.map(({ envelope }) => envelope),
      ...slots.values(),
      ...statements.map(text => Buffer.from(text)),
    ]
    if (all.some(showsWords)) problem('the relay has plain text')
  }
}
